import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyWindow } from '../../../src/io/kernels/apply-window.ts';
import { SAMPLE_ARRAYS, type SampleType } from '../../../src/io/sample-raster.ts';
import { createBufferSource } from '../../../src/io/source/buffer-source.ts';
import { openSlide } from '../../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../../src/slide/settings.ts';
import type { Slide } from '../../../src/slide/slide.ts';
import { TileError } from '../../../src/utils/errors.ts';
import { writeOme } from '../../support/tiny-ome.ts';
import { buildTiff, createNoise, createNoiseImage, type TinyImage } from '../../support/tiny-tiff.ts';

const FORMATS: Readonly<Record<string, [format: number, bits: number]>> = {
  uint8: [1, 8],
  int8: [2, 8],
  uint16: [1, 16],
  int16: [2, 16],
  uint32: [1, 32],
  int32: [2, 32],
  float32: [3, 32],
  float64: [3, 64],
};

interface Layout {
  readonly type: SampleType;
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly planar: boolean;
  readonly bigEndian: boolean;
  /** Side of a tile; 0 for strips. */
  readonly tile: number;
  readonly predictor: number;
}

/** Raw bytes of samples that are values of `type`, and those values, pixel by pixel. */
function createValues({ type, width, height, samples }: Layout, seed: number) {
  const count = width * height * samples;
  const bytes = createNoise(count * SAMPLE_ARRAYS[type].BYTES_PER_ELEMENT, seed);
  return new SAMPLE_ARRAYS[type](bytes.slice().buffer);
}

/** One stored chunk of rows of `pitch` samples. */
function pack(values: ArrayLike<number>, { type, bigEndian, predictor }: Layout, row: { pitch: number; step: number }) {
  const array = SAMPLE_ARRAYS[type].from(values);
  const size = array.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(array.buffer);
  if (predictor === 2) {
    const words = size === 4 ? new Uint32Array(bytes.buffer) : size === 2 ? new Uint16Array(bytes.buffer) : bytes;
    for (let end = words.length; end > 0; end -= row.pitch)
      for (let i = end - 1; i >= end - row.pitch + row.step; i--) words[i]! -= words[i - row.step]!;
  }
  if (predictor === 3) {
    const line = row.pitch * size;
    for (let at = 0; at < bytes.length; at += line) {
      const mixed = new Uint8Array(line);
      for (let i = 0; i < row.pitch; i++)
        for (let b = 0; b < size; b++) mixed[b * row.pitch + i] = bytes[at + i * size + size - 1 - b]!;
      for (let i = line - 1; i >= row.step; i--) mixed[i]! -= mixed[i - row.step]!;
      bytes.set(mixed, at);
    }
    return bytes;
  }
  if (bigEndian) for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}

function createImage(layout: Layout, values: ArrayLike<number>): TinyImage {
  const { type, width, height, samples, planar, tile, predictor } = layout;
  const [format, bits] = FORMATS[type]!;
  const [tileWidth, tileHeight] = tile > 0 ? [tile, tile] : [width, 7];
  const planes = planar ? samples : 1;
  const step = planar ? 1 : samples;
  const chunks: Uint8Array[] = [];
  for (let plane = 0; plane < planes; plane++) {
    for (let top = 0; top < height; top += tileHeight) {
      for (let left = 0; left < width; left += tileWidth) {
        const rows = tile > 0 ? tileHeight : Math.min(tileHeight, height - top);
        const chunk = new Float64Array(tileWidth * rows * step);
        for (let y = 0; y < rows && top + y < height; y++)
          for (let x = 0; x < tileWidth && left + x < width; x++)
            for (let s = 0; s < step; s++)
              chunk[(y * tileWidth + x) * step + s] = values[((top + y) * width + left + x) * samples + plane + s]!;
        chunks.push(pack(chunk, layout, { pitch: tileWidth * step, step }));
      }
    }
  }
  return {
    ...{ width, height, samples, bits, chunks, photometric: 1 },
    ...(tile > 0 ? { tileWidth, tileHeight } : { rowsPerStrip: tileHeight }),
    tags: [
      { tag: 339, type: 3, values: Array<number>(samples).fill(format) },
      { tag: 317, type: 3, values: [predictor] },
      { tag: 284, type: 3, values: [planar ? 2 : 1] },
    ],
  };
}

const layouts = fc
  .record({
    type: fc.constantFrom(...(Object.keys(FORMATS) as SampleType[])),
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    samples: fc.constantFrom(1, 3, 5),
    planar: fc.boolean(),
    bigEndian: fc.boolean(),
    tile: fc.constantFrom(0, 16, 32),
    predictor: fc.constantFrom(1, 2, 3),
  })
  .filter(
    ({ type, predictor }) => predictor === 1 || (predictor === 2 ? type !== 'float64' : type.startsWith('float')),
  );

function open(image: TinyImage, options?: SlideOptions, bigEndian = false): Promise<Slide> {
  return openSlide(createBufferSource(buildTiff([image], { bigEndian }).bytes, 'samples.tif'), options);
}

describe('stored samples of a TIFF', () => {
  it('are what was written, for every type, layout and predictor, in and across tiles', async () => {
    await fc.assert(
      fc.asyncProperty(layouts, fc.nat(), async (layout, seed) => {
        const { width, height, samples } = layout;
        const values = createValues(layout, seed);
        await using slide = await open(createImage(layout, values), undefined, layout.bigEndian);
        const channel = seed % samples;
        const window = { x: -2, y: -1, level: 0, width: width + 3, height: height + 2 };
        const { data, type } = await slide.readRegion({ ...window, channel });
        expect(type).toBe(layout.type);
        for (let y = 0; y < window.height; y++) {
          for (let x = 0; x < window.width; x++) {
            const inside = x >= 2 && y >= 1 && x < width + 2 && y < height + 1;
            const stored = inside ? values[((y - 1) * width + x - 2) * samples + channel] : 0;
            // NaN is NaN, and zero has a sign.
            expect(Object.is(data[y * window.width + x], stored)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of 16-bit floats are the numbers that IEEE 754 says', async () => {
    const halves = [0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x7c00, 0xfc00, 0x3555];
    const numbers = [0, -0, 1, -2, 65_504, 2 ** -24, 1023 * 2 ** -24, Infinity, -Infinity, 0.333251953125];
    const chunk = new Uint8Array(Uint16Array.from(halves).buffer);
    const tags = [{ tag: 339, type: 3, values: [3] }];
    const image = { width: 10, height: 1, samples: 1, bits: 16, photometric: 1, chunks: [chunk], tags };
    await using slide = await open(image);
    const { data, type } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 10, height: 1, channel: 0 });
    expect(type).toBe('float16');
    expect([...data]).toEqual(numbers);
  });

  it('of a damaged tile are a TileError, or are left at 0 where the caller takes it', async () => {
    const image = createNoiseImage({ width: 32, height: 16, tileWidth: 16, tileHeight: 16, samples: 1 });
    await using slide = await open({ ...image, chunks: [image.chunks[0], image.chunks[1]!.subarray(0, 9)] });
    const region = { x: 0, y: 0, level: 0, width: 32, height: 16, channel: 0 };
    await expect(slide.readRegion(region)).rejects.toMatchObject({ tag: 'tile', level: 0, col: 1, row: 0 });
    const bad: TileError[] = [];
    const { data } = await slide.readRegion(region, { onBadTile: (error) => bad.push(error) });
    expect(bad).toHaveLength(1);
    expect(bad[0]).toBeInstanceOf(TileError);
    expect(data[0]).toBe(image.pixels[0]);
    expect(data[16]).toBe(0);
  });
});

const red = createNoiseImage({ width: 20, height: 10, samples: 1, seed: 3 });
const green = createNoiseImage({ width: 20, height: 10, samples: 1, seed: 4 });

function openTwo(options?: SlideOptions): Promise<Slide> {
  const channels = [{ Name: 'DAPI' }, { Name: 'CD3' }];
  const description = writeOme([{ pixels: { SizeX: 20, SizeY: 10, SizeC: 2 }, channels }]);
  const { bytes } = buildTiff([{ ...red, description }, green]);
  return openSlide(createBufferSource(bytes, 'two.ome.tif'), options);
}

const whole = { x: 0, y: 0, level: 0, width: 20, height: 10 };

describe('a channel', () => {
  it('is found by name, whatever the capitals, and by position', async () => {
    await using slide = await openTwo();
    for (const channel of ['CD3', 'cd3', '1', 1]) {
      expect(await slide.readRegion({ ...whole, channel })).toMatchObject({
        channel: 1,
        name: 'CD3',
        data: green.pixels,
      });
    }
  });

  it.each(['CD8', 2, -1, 0.5, '', '7'])('%j that is not there is an OptionError with the names', async (channel) => {
    await using slide = await openTwo();
    const failed = slide.readRegion({ ...whole, channel });
    await expect(failed).rejects.toMatchObject({ tag: 'option', hint: 'it has 0 DAPI, 1 CD3' });
  });

  it('of RGB pixels is red, green or blue, and white outside', async () => {
    const image = createNoiseImage({ width: 20, height: 10 });
    await using slide = await open(image);
    const { data } = await slide.readRegion({ ...whole, width: 21, channel: 'green' });
    expect(data[0]).toBe(image.pixels[1]);
    expect(data[20]).toBe(255);
    await expect(slide.readRegion({ ...whole, channel: 'RGB' })).rejects.toMatchObject({
      hint: 'it has 0 red, 1 green, 2 blue',
    });
  });
});

describe('a slide that is shown by one channel', () => {
  it('is grey, in the range of its type', async () => {
    await using slide = await openTwo({ channel: 'CD3' });
    const { data } = await slide.readRegion(whole);
    expect(data.filter((_, i) => i % 3 === 1)).toEqual(green.pixels);
    expect(slide.background).toBe('dark');
    expect(slide.shown).toEqual({ channel: 1, name: 'CD3' });
    // All channels are still there to be read.
    expect((await slide.readRegion({ ...whole, channel: 'DAPI' })).data).toEqual(red.pixels);
  });

  it('has black and white where a window says so', async () => {
    const expected = green.pixels.map((v) => Math.min(255, Math.max(0, Math.floor(((v - 50) * 255) / 100 + 0.5))));
    for (const window of [[50, 150], { CD3: [50, 150] }, { '1': [50, 150], DAPI: [0, 1] }] as const) {
      await using slide = await openTwo({ channel: 'CD3', window });
      const { data } = await slide.readRegion(whole);
      expect(data.filter((_, i) => i % 3 === 0)).toEqual(expected);
    }
  });

  it('takes windows of the channels that are put together', async () => {
    await using slide = await openTwo({ window: { DAPI: [0, 51] } });
    const { data } = await slide.readRegion(whole);
    expect(data.filter((_, i) => i % 3 === 0)).toEqual(red.pixels.map((v) => Math.min(255, v * 5)));
    expect(data.filter((_, i) => i % 3 === 1)).toEqual(green.pixels);
  });

  it.each([
    [{ channel: 'CD8' }, 'channel'],
    [{ channel: 2 }, 'channel'],
    [{ channel: -1 }, 'channel'],
    [{ channel: '' }, 'channel'],
    [{ window: [3, 3] }, 'window'],
    [{ window: [0, Number.NaN] }, 'window'],
    [{ window: {} }, 'window'],
    [{ window: { CD8: [0, 1] } }, 'window'],
  ] as const)('%j is refused', async (options, option) => {
    await expect(openTwo(options)).rejects.toMatchObject({ tag: 'option', option });
  });

  it.each([8, 16])('is turned round where white is zero, %i bits, and its samples are not', async (bits) => {
    const image = createNoiseImage({ width: 20, height: 10, samples: bits / 8 });
    const values = bits === 8 ? image.pixels : new Uint16Array(image.pixels.slice().buffer);
    const grey = { ...image, width: 20, samples: 1, bits, photometric: 0 };
    await using plain = await open(grey);
    await using one = await open(grey, { channel: 0 });
    await using windowed = await open(grey, { window: bits === 8 ? [0, 255] : [0, 65_535] });
    const expected = await plain.readRegion(whole);
    expect(expected.data[0]).toBe(255 - Math.round(values[0]! / (bits === 8 ? 1 : 257)));
    for (const slide of [one, windowed]) {
      expect((await slide.readRegion(whole)).data).toEqual(expected.data);
      expect((await slide.readRegion({ ...whole, channel: 0 })).data).toEqual(values);
    }
  });

  it('of RGB pixels takes no window, unless for a channel', async () => {
    const image = createNoiseImage({ width: 20, height: 10 });
    await expect(open(image, { window: [0, 9] })).rejects.toMatchObject({ tag: 'option', option: 'window' });
    await using slide = await open(image, { channel: 'blue' });
    const { data } = await slide.readRegion(whole);
    expect(data.filter((_, i) => i % 3 === 0)).toEqual(image.pixels.filter((_, i) => i % 3 === 2));
    expect(slide.background).toBe('bright');
  });
});

describe('a window', () => {
  it('is a straight line between its ends, and never lets NaN through', () => {
    expect([...applyWindow(Float32Array.from([-9, 0, 1, 2, 9, Number.NaN, Infinity]), [0, 2])]).toEqual([
      ...[0, 0, 128, 255, 255, 0, 255],
    ]);
    // Turned round, for pixels whose white is zero.
    expect([...applyWindow(Uint8Array.from([0, 5, 255]), [255, 0])]).toEqual([255, 250, 0]);
  });

  it('over the whole of 16 bits is the rule of the codecs', () => {
    const values = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    expect(applyWindow(values, [0, 65_535])).toEqual(Uint8Array.from(values, (v) => Math.floor((v + 128) / 257)));
  });
});
