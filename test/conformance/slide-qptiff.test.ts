import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { buildTiff, createNoiseImage, type TinyImage } from '../support/tiny-tiff.ts';

// No public sample was found: these files follow the documented layout.

const tiles = { tileWidth: 16, tileHeight: 16 };
const rgb = (width: number, height: number) => createNoiseImage({ width, height, ...tiles });
const strips = (width: number, height: number) => createNoiseImage({ width, height, rowsPerStrip: 4 });
const grey = (width: number, height: number) => createNoiseImage({ width, height, samples: 1, ...tiles });

function describePage(type: string, more = ''): string {
  return `<?xml version="1.0" encoding="utf-16"?>\n<PerkinElmer-QPI-ImageDescription><ImageType>${type}</ImageType>${more}</PerkinElmer-QPI-ImageDescription>`;
}
function page(image: TinyImage, type: string, more?: string): TinyImage {
  return { ...image, description: describePage(type, more) };
}
const scan =
  '<Objective>20x</Objective><SlideID>S1</SlideID><ScanProfile><root><PixelSizeMicrons>0.5</PixelSizeMicrons></root></ScanProfile>';
const open = (...pages: TinyImage[]): Promise<Slide> =>
  openSlide(createBufferSource(buildTiff(pages).bytes, 'memory.qptiff'));

const brightfield = [
  page(rgb(75, 50), 'FullResolution', scan),
  page(strips(20, 13), 'Thumbnail'),
  page(rgb(38, 25), 'ReducedResolution'),
  page(rgb(19, 13), 'ReducedResolution'),
  page(strips(12, 6), 'Overview'),
  page(strips(6, 6), 'Label'),
];
const channel = (name: string, color: string) =>
  `<Name>${name}</Name><Color>${color}</Color><Objective>40x</Objective>`;
const fluorescence = [
  page(grey(75, 50), 'FullResolution', channel('DAPI', '0,0,255')),
  page(grey(75, 50), 'FullResolution', channel('CD8', '255,128,0')),
  page(rgb(20, 13), 'Thumbnail'),
  page(grey(38, 25), 'ReducedResolution', channel('DAPI', '0,0,255')),
  page(grey(38, 25), 'ReducedResolution', channel('CD8', '255,128,0')),
];

const base = { format: 'qptiff', hasMpp: true };
describeSlide('QPTIFF, brightfield', {
  ...base,
  open: () => open(...brightfield),
  levels: 3,
  associated: ['label', 'macro', 'thumbnail'],
});
describeSlide('QPTIFF, two channels', {
  ...base,
  // Of the objective alone: an estimate, which is made where it is asked for.
  hasMpp: false,
  open: () => open(...fluorescence),
  levels: 2,
  associated: ['thumbnail'],
});

describe('qptiff', () => {
  it('reads pixel size, objective and its own words', async () => {
    await using slide = await open(...brightfield);
    expect(slide.mpp).toEqual({ x: 0.5, y: 0.5, source: 'metadata' });
    expect(slide.objectivePower).toBe(20);
    expect(slide.properties.get('qptiff.SlideID')).toBe('S1');
    expect(slide.channels).toEqual([{ name: 'RGB', bitDepth: 8, type: 'uint8', samples: 3 }]);
    const whole = await slide.readRegion({ x: 0, y: 0, level: 0, width: 75, height: 50 });
    expect(whole.data).toEqual(rgb(75, 50).pixels);
    expect((await slide.readAssociatedImage('macro')).data).toEqual(strips(12, 6).pixels);
  });

  it('shows channels in their colours, at every level', async () => {
    await using slide = await open(...fluorescence);
    expect(slide.channels).toEqual([
      { name: 'DAPI', bitDepth: 8, type: 'uint8', color: [0, 0, 255] },
      { name: 'CD8', bitDepth: 8, type: 'uint8', color: [255, 128, 0] },
    ]);
    for (const [level, image] of [grey(75, 50), grey(38, 25)].entries()) {
      const value = image.pixels[0]!;
      const { data } = await slide.readRegion({ x: 0, y: 0, level, width: 1, height: 1 });
      expect([...data]).toEqual([value, Math.round((value * 128) / 255), value]);
    }
  });

  it('takes the resolution of the TIFF where the XML has none', async () => {
    const tags = [282, 283].map((tag) => ({ tag, type: 5, values: [40_000, 1] }));
    await using slide = await open({
      ...page(rgb(75, 50), 'FullResolution'),
      tags: [...tags, { tag: 296, type: 3, values: [3] }],
    });
    expect(slide.mpp).toEqual({ x: 0.25, y: 0.25, source: 'resolution-tag' });
  });

  it('names what it can not open', async () => {
    await expect(open(page(rgb(75, 50), 'Thumbnail'))).rejects.toThrow(/without a page of full resolution/);
    const cut = { ...rgb(75, 50), description: describePage('FullResolution').slice(0, -8) };
    await expect(open(cut)).rejects.toMatchObject({ tag: 'unsupported-format' });
    const damaged = { ...page(rgb(38, 25), 'ReducedResolution'), omit: [257] };
    await expect(open(brightfield[0]!, damaged)).rejects.toMatchObject({ tag: 'tiff' });
    await expect(open(page(rgb(75, 50), 'FullResolution'), page(rgb(75, 50), 'FullResolution'))).rejects.toThrow(
      /2 pages/,
    );
  });

  it('loses a damaged label, and nothing else', async () => {
    const label = { ...page(strips(6, 6), 'Label'), omit: [257] };
    await using slide = await open(...brightfield.slice(0, 5), label);
    expect(slide.associatedImages).toEqual(['macro', 'thumbnail']);
  });
});
