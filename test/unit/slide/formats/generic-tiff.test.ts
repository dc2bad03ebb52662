import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { Slide } from '../../../../src/slide/slide.ts';
import { buildTiff, createNoiseImage, type TinyImage, type TinyTag } from '../../../support/tiny-tiff.ts';

const tiles = { tileWidth: 16, tileHeight: 16 };
const reduced: TinyTag = { tag: 254, type: 4, values: [1] };
const page = (width: number, height: number, ...tags: TinyTag[]): TinyImage => ({
  ...createNoiseImage({ width, height, ...tiles }),
  tags,
});
const open = (...images: TinyImage[]): Promise<Slide> =>
  openSlide(createBufferSource(buildTiff(images).bytes, 'g.tif'));
const getWidths = (slide: Slide) => slide.levels.map(({ width }) => width);

describe('generic-tiff', () => {
  it('takes reduced pages of the same shape for levels, in order of size', async () => {
    await using slide = await open(page(101, 67), page(25, 17, reduced), page(51, 34, reduced));
    expect(getWidths(slide)).toEqual([101, 51, 25]);
    expect(slide.levels[1]?.downsample).toEqual({ x: 101 / 51, y: 67 / 34 });
  });

  it.each<[string, TinyImage]>([
    ['that is not marked as reduced', page(50, 33)],
    ['of another shape', page(50, 50, reduced)],
    ['of the same size', page(100, 66, reduced)],
    ['that is larger', page(200, 132, reduced)],
    [
      'of another photometric interpretation',
      { ...createNoiseImage({ width: 50, height: 33, samples: 1, ...tiles }), tags: [reduced] },
    ],
    ['that is damaged', { ...page(50, 33, reduced), omit: [256] }],
  ])('leaves out a page %s', async (_what, other) => {
    await using slide = await open(page(100, 66), other);
    expect(getWidths(slide)).toEqual([100]);
  });

  it.each([
    [1, 'black', false],
    [0, 'white', true],
  ] as const)(
    'shows samples of one bit, photometric interpretation %i, with 0 as %s',
    async (photometric, _zero, turned) => {
      // Rows of 11 pixels begin on a byte; what is left of the second byte is filled with ones.
      const rows = [
        [0b1010_0000, 0b0011_1111],
        [0b0000_0001, 0b1101_1111],
      ];
      const values = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1].concat([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0]);
      const image = { width: 11, height: 2, rowsPerStrip: 2, samples: 1, bits: 1, photometric };
      await using slide = await open({ ...image, compression: 1, chunks: [Uint8Array.from(rows.flat())] });
      const region = { x: 0, y: 0, level: 0, width: 11, height: 2 };
      const { data } = await slide.readRegion(region);
      const shown = values.map((value) => ((value === 1) === turned ? 0 : 255));
      expect([...data].filter((_, i) => i % 3 === 0)).toEqual(shown);
      expect([...(await slide.readRegion({ ...region, channel: 0 })).data]).toEqual(values);
    },
  );

  it('refuses pixels of several samples of one bit, and too few bytes of them', async () => {
    const image = { width: 11, height: 2, rowsPerStrip: 2, compression: 1, photometric: 1, bits: 1 };
    await expect(open({ ...image, samples: 3, chunks: [new Uint8Array(10)] })).rejects.toThrow(/1 bit a sample/);
    await using slide = await open({ ...image, samples: 1, chunks: [new Uint8Array(3)] });
    await expect(slide.readRegion({ x: 0, y: 0, level: 0, width: 11, height: 2 })).rejects.toThrow(
      /3 bytes|4 bytes|4 expected/,
    );
  });

  it('takes SubIFDs of the first page for levels, marked or not', async () => {
    await using slide = await open({ ...page(100, 66), subImages: [page(25, 17), page(50, 33, reduced)] });
    expect(getWidths(slide)).toEqual([100, 50, 25]);
  });

  it('has the TIFF properties that OpenSlide gives, and no damaged ones', async () => {
    const text = (tag: number, value: string): TinyTag => ({ tag, type: 2, values: [...Buffer.from(`${value}\0`)] });
    const image = page(
      20,
      20,
      text(271, 'Maker'),
      text(305, 'Writer 1.0'),
      text(306, '2024:01:02 03:04:05'),
      { tag: 282, type: 5, values: [20_000, 1] },
      { tag: 283, type: 5, values: [0, 0] },
      { tag: 296, type: 3, values: [3] },
    );
    await using slide = await open({ ...image, description: 'a card' });
    const own = [...slide.properties].filter(([key]) => key.startsWith('tiff.') || key === 'openslide.comment');
    expect(Object.fromEntries(own)).toEqual({
      'openslide.comment': 'a card',
      'tiff.DateTime': '2024:01:02 03:04:05',
      'tiff.ImageDescription': 'a card',
      'tiff.Make': 'Maker',
      'tiff.ResolutionUnit': 'centimeter',
      'tiff.Software': 'Writer 1.0',
      'tiff.XResolution': '20000',
    });
    expect(slide.mpp).toBeUndefined();
  });

  it.each([
    [
      [
        { tag: 282, type: 5, values: [20_000, 1] },
        { tag: 283, type: 5, values: [40_000, 1] },
        { tag: 296, type: 3, values: [3] },
      ],
      { x: 0.5, y: 0.25, source: 'resolution-tag' },
    ],
    // Inch is what TIFF 6.0 takes where the unit is missing.
    [
      [
        { tag: 282, type: 5, values: [50_800, 1] },
        { tag: 283, type: 5, values: [50_800, 1] },
      ],
      { x: 0.5, y: 0.5, source: 'resolution-tag' },
    ],
    [
      [
        { tag: 282, type: 5, values: [72, 1] },
        { tag: 283, type: 5, values: [72, 1] },
      ],
      undefined,
    ],
    [[{ tag: 282, type: 5, values: [20_000, 1] }], undefined],
  ])('takes the pixel size from the resolution, %#', async (tags, mpp) => {
    await using slide = await open(page(20, 20, ...tags));
    expect(slide.mpp).toEqual(mpp);
  });

  it('shows grey as three equal channels', async () => {
    const grey = createNoiseImage({ width: 20, height: 10, samples: 1, ...tiles });
    await using slide = await open(grey);
    expect(slide.channels).toEqual([{ name: 'grey', bitDepth: 8, type: 'uint8' }]);
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 20, height: 10 });
    expect(data).toEqual(Uint8Array.from([...grey.pixels].flatMap((value) => [value, value, value])));
  });

  it('reads the same pixels in every header and layout', async () => {
    const image = createNoiseImage({ width: 37, height: 21, ...tiles });
    for (const big of [false, true]) {
      for (const bigEndian of [false, true]) {
        for (const layout of [image, createNoiseImage({ width: 37, height: 21, rowsPerStrip: 4 })]) {
          await using slide = await openSlide(createBufferSource(buildTiff([layout], { big, bigEndian }).bytes));
          const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 37, height: 21 });
          expect(data).toEqual(layout.pixels);
        }
      }
    }
  });
});

describe('the cost of opening', () => {
  it('is one read for each directory, where its values lie close', async () => {
    const { bytes } = buildTiff([page(20, 20), page(10, 10, reduced)]);
    const source = createBufferSource(bytes);
    let reads = 0;
    const read: typeof source.read = (offset, length, options) => {
      reads++;
      return source.read(offset, length, options);
    };
    await using slide = await openSlide({ ...source, read, close: () => source.close() });
    expect(slide.levels.length).toBe(2);
    // The header, where DICOM has its mark, and two directories; the colour depths of the two stand before them.
    expect(reads).toBeLessThanOrEqual(6);
  });
});
