import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide, type Subject } from '../support/slide-conformance.ts';
import { buildTiff, createNoiseImage, type TinyImage, type TinyTiffOptions } from '../support/tiny-tiff.ts';

const reduced = { tags: [{ tag: 254, type: 4, values: [1] }] };
const tiles = { tileWidth: 16, tileHeight: 16 };
const full = createNoiseImage({ width: 75, height: 50, ...tiles });
const half = createNoiseImage({ width: 38, height: 25, ...tiles });
const quarter = createNoiseImage({ width: 19, height: 13, ...tiles });
const strips = createNoiseImage({ width: 75, height: 50, rowsPerStrip: 7 });
const label = {
  ...createNoiseImage({ width: 6, height: 3, rowsPerStrip: 2 }),
  description: 'Aperio Image\r\nlabel 6x3',
};
const scan = { ...full, description: 'Aperio Image Library v1\r\n75x50 |AppMag = 20|MPP = 0.5' };

function fromMemory(images: TinyImage[], options?: TinyTiffOptions): () => Promise<Slide> {
  const { bytes } = buildTiff(images, options);
  return () => openSlide(createBufferSource(bytes, 'memory.tif'));
}

const generic = { format: 'generic-tiff', associated: [], hasMpp: false };
const centimetre = [
  { tag: 282, type: 5, values: [20_000, 1] },
  { tag: 283, type: 5, values: [20_000, 1] },
  { tag: 296, type: 3, values: [3] },
];
const subjects: [string, Subject][] = [
  ['generic TIFF in tiles', { ...generic, open: fromMemory([full]), levels: 1 }],
  ['generic TIFF in strips', { ...generic, open: fromMemory([strips]), levels: 1 }],
  [
    'generic TIFF, grey',
    { ...generic, open: fromMemory([createNoiseImage({ width: 75, height: 50, samples: 1, ...tiles })]), levels: 1 },
  ],
  [
    'generic TIFF, pages as levels',
    { ...generic, open: fromMemory([full, { ...half, ...reduced }, { ...quarter, ...reduced }]), levels: 3 },
  ],
  [
    'generic BigTIFF, SubIFDs as levels',
    {
      ...generic,
      open: fromMemory([{ ...full, subImages: [quarter, half], tags: centimetre }], { big: true, bigEndian: true }),
      levels: 3,
      hasMpp: true,
    },
  ],
  [
    'Aperio',
    {
      open: fromMemory([scan, createNoiseImage({ width: 9, height: 6 }), quarter, label]),
      format: 'aperio',
      levels: 2,
      associated: ['label', 'thumbnail'],
      hasMpp: true,
    },
  ],
];
for (const [name, subject] of subjects) describeSlide(name, subject);

describeWithShared('real slides', () => {
  const svs = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');
  describeSlide('CMU-1-Small-Region.svs', {
    open: () => openSlide(svs),
    format: 'aperio',
    levels: 1,
    associated: ['label', 'macro', 'thumbnail'],
    hasMpp: true,
  });
  const combo = sharedPath('golden', 'inputs', 'slide_combo.tif');
  describeSlide('slide_combo.tif', { ...generic, open: () => openSlide(combo), levels: 5, hasMpp: true });
});

describe('the pixels of a slide', () => {
  it.each([
    ['tiles', full],
    ['strips', strips],
  ])('are those that were stored, in %s', async (_what, image) => {
    await using slide = await fromMemory([image])();
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 75, height: 50 });
    expect(data).toEqual(image.pixels);
  });

  it('of a level are taken from the nearest of its pixels', async () => {
    await using slide = await fromMemory([full, { ...half, ...reduced }])();
    // 75 / 38 = 1.97: level-0 x 10 is level x 5.07, y 13 is level y 6.5, which rounds up.
    const { data } = await slide.readRegion({ x: 10, y: 13, level: 1, width: 1, height: 1 });
    const at = (7 * 38 + 5) * 3;
    expect(data).toEqual(half.pixels.subarray(at, at + 3));
  });

  it('that a sparse file leaves out are white', async () => {
    const sparse = { ...full, chunks: full.chunks.map((chunk, i) => (i === 1 ? undefined : chunk)) };
    await using slide = await fromMemory([sparse])();
    expect(await slide.readTile(0, 1, 0)).toBeUndefined();
    const { data } = await slide.readRegion({ x: 15, y: 0, level: 0, width: 3, height: 1 });
    expect([...data]).toEqual([...full.pixels.subarray(45, 48), ...Array(6).fill(255)]);
  });
});
