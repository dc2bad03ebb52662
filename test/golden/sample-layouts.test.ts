import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createLayeredImage, type SampleLayout, showValues } from '../support/layered-tiff.ts';
import { skipLoudly } from '../support/shared-data.ts';
import { buildTiff } from '../support/tiny-tiff.ts';
import { hasPythonOracle } from './jpeg-decode-support.ts';

const size = { width: 37, height: 29, samples: 3 } as const;

const layouts: SampleLayout[] = ([8, 16] as const).flatMap((bits) =>
  [false, true].flatMap((planar) =>
    [false, true].flatMap((bigEndian) => [
      { ...size, bits, planar, bigEndian, tile: 16 },
      { ...size, bits, planar, bigEndian, tile: 16, lzw: true, differences: true },
      { ...size, bits, planar, bigEndian },
      { ...size, bits, planar, bigEndian, lzw: true, differences: true },
    ]),
  ),
);

function describeLayout({ bits, planar, bigEndian, tile, lzw }: SampleLayout): string {
  const packing = lzw ? 'LZW with differences' : 'uncompressed';
  return `${bits} bits, ${planar ? 'planes' : 'pixels'}, ${bigEndian ? 'big' : 'little'} endian, ${tile ? 'tiles' : 'strips'}, ${packing}`;
}

const cases = layouts.map((layout) => [describeLayout(layout), layout] as const);

async function readWhole(bytes: Uint8Array): Promise<Uint8Array> {
  await using slide = await openSlide(createBufferSource(bytes, 'layout.tif'));
  return (await slide.readRegion({ x: 0, y: 0, level: 0, width: size.width, height: size.height })).data;
}

describe('samples of every layout', () => {
  it.each(cases)('%s: as they were stored', async (_name, layout) => {
    const image = createLayeredImage(layout);
    const { bytes } = buildTiff([image], { bigEndian: layout.bigEndian ?? false });
    expect(await readWhole(bytes)).toEqual(showValues(image.values, layout.bits));
  });

  it('grey of 16 bits, white is zero, by the same rule', async () => {
    const image = createLayeredImage({ ...size, samples: 1, bits: 16, tile: 16 });
    const { bytes } = buildTiff([{ ...image, photometric: 0 }]);
    const grey = showValues(image.values, 16);
    const data = await readWhole(bytes);
    expect(data.filter((_, i) => i % 3 === 0)).toEqual(grey.map((value) => 255 - value));
  });

  it('strips of planes without byte counts, the last one of each plane shorter', async () => {
    const image = createLayeredImage({ ...size, bits: 16, planar: true });
    const { bytes } = buildTiff([{ ...image, omit: [279] }]);
    expect(await readWhole(bytes)).toEqual(showValues(image.values, 16));
  });

  it('planes with alpha are laid over white', async () => {
    const image = createLayeredImage({ ...size, samples: 4, bits: 8, planar: true, tile: 16 });
    const { bytes } = buildTiff([{ ...image, tags: [...(image.tags ?? []), { tag: 338, type: 3, values: [2] }] }]);
    const [r = 0, g = 0, b = 0, alpha = 0] = image.values;
    const laid = [r, g, b].map((value) => Math.round((value * alpha) / 255) + 255 - alpha);
    expect([...(await readWhole(bytes)).subarray(0, 3)]).toEqual(laid);
  });
});

if (hasPythonOracle) describe('samples as libtiff shows them', () => compareWithLibtiff());
else skipLoudly('samples as libtiff shows them', 'python3-opencv');

function compareWithLibtiff(): void {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-layouts-'));
  let pictures: Uint8Array[] = [];
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => {
    const paths = layouts.map((layout, i) => {
      const path = join(folder, `${i}.tif`);
      writeFileSync(path, buildTiff([createLayeredImage(layout)], { bigEndian: layout.bigEndian ?? false }).bytes);
      return path;
    });
    // OpenCV asks libtiff for RGBA of 8 bits, which is what libtiff itself makes of 16.
    const script =
      'import cv2, sys\nfor p in sys.argv[1:]: sys.stdout.buffer.write(cv2.imread(p, cv2.IMREAD_COLOR)[..., ::-1].tobytes())';
    const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script, ...paths], { maxBuffer: 2 ** 24 });
    expect(status, String(stderr)).toBe(0);
    const bytes = size.width * size.height * 3;
    pictures = layouts.map((_, i) => new Uint8Array(stdout.subarray(i * bytes, (i + 1) * bytes)));
  });

  it.each(cases.map(([name, layout], i) => [name, layout, i] as const))('%s', async (_name, layout, i) => {
    const { bytes } = buildTiff([createLayeredImage(layout)], { bigEndian: layout.bigEndian ?? false });
    expect(await readWhole(bytes)).toEqual(pictures[i]);
  });
}
