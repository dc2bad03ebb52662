import { describe, expect, it } from 'vitest';
import { applyWindow } from '../../../src/io/kernels/apply-window.ts';
import { createBufferSource } from '../../../src/io/source/buffer-source.ts';
import type { ByteSource } from '../../../src/io/source/byte-source.ts';
import { openSlide } from '../../../src/slide/open-slide.ts';
import { createWindowLevel, withSamples } from '../../../src/slide/samples/window-level.ts';
import type { SlideOptions } from '../../../src/slide/settings.ts';
import type { Slide } from '../../../src/slide/slide.ts';
import type { BackingLevel } from '../../../src/slide/slide-format.ts';
import { writeOme } from '../../support/tiny-ome.ts';
import { buildTiff, createNoise, createNoiseImage, type TinyImage } from '../../support/tiny-tiff.ts';

const size = { width: 20, height: 10 };
const whole = { x: 0, y: 0, level: 0, ...size };
const first = createNoiseImage({ ...size, samples: 1, seed: 3 });
const second = createNoiseImage({ ...size, samples: 1, seed: 4 });

function openNamed(names: readonly [string, string], options: SlideOptions): Promise<Slide> {
  const pixels = { SizeX: 20, SizeY: 10, SizeC: 2 };
  const description = writeOme([{ pixels, channels: names.map((Name) => ({ Name })) }]);
  return openSlide(createBufferSource(buildTiff([{ ...first, description }, second]).bytes, 'two.ome.tif'), options);
}

function openOne(image: TinyImage, options?: SlideOptions): Promise<Slide> {
  return openSlide(createBufferSource(buildTiff([image]).bytes, 'one.tif'), options);
}

const takeRed = ({ data }: { data: Uint8Array }) => data.filter((_, i) => i % 3 === 0);

describe('a window for one channel', () => {
  it.each([
    ['a name that is written like a position is not that position', ['1', '2'], '1', 0, 1],
    ['a position, where no name is written like it', ['A', 'B'], '1', 1, 0],
    ['a name in other capitals, as a channel may have', ['DAPI', 'CD3'], 'dapi', 0, 1],
  ] as const)('%s', async (_, names, key, meant, other) => {
    const window = { [key]: [50, 150] } as const;
    const stored = [first.pixels, second.pixels];
    for (const [channel, expected] of [
      [meant, applyWindow(stored[meant]!, [50, 150])],
      [other, stored[other]],
    ] as const) {
      await using slide = await openNamed(names, { channel, window });
      expect(takeRed(await slide.readRegion(whole))).toEqual(expected);
    }
  });

  it('is none of what every object has', async () => {
    await using slide = await openNamed(['constructor', 'B'], { channel: 0, window: { B: [0, 9] } });
    expect(takeRed(await slide.readRegion(whole))).toEqual(first.pixels);
  });

  it('that makes no sense is told as it was given', async () => {
    const message = expect.stringContaining('200:100');
    await expect(openOne(first, { window: [200, 100] })).rejects.toMatchObject({ message });
    const rgb = createNoiseImage(size);
    await expect(openOne(rgb, { window: [1, 2] })).rejects.toMatchObject({ message: expect.stringContaining('1:2') });
  });
});

describe('the only channel of a slide', () => {
  it('has the background that it has without being chosen', async () => {
    for (const options of [{}, { channel: 0 }, { channel: 'grey', window: [0, 99] }] as const) {
      await using slide = await openOne(first, options);
      expect(slide.background).toBe('bright');
    }
  });
});

/** Samples of 16 bits that lie together, pixel by pixel; four tiles. */
function createTogether(samples: number, side: number): TinyImage & { readonly values: Uint16Array } {
  const width = 2 * side;
  const values = new Uint16Array(createNoise(width * width * samples * 2, 7).slice().buffer);
  const chunks = [0, side].flatMap((top) =>
    [0, side].map((left) => {
      const rows = Array.from({ length: side }, (_, y) => ((top + y) * width + left) * samples);
      return new Uint8Array(Uint16Array.from(rows.flatMap((at) => [...values.slice(at, at + side * samples)])).buffer);
    }),
  );
  const shape = { width, height: width, tileWidth: side, tileHeight: side };
  return { ...shape, samples, bits: 16, photometric: 1, chunks, values };
}

function describeOme(image: TinyImage, samples: number, channels: readonly Record<string, string | number>[]) {
  const { width: SizeX, height: SizeY } = image;
  return writeOme([{ pixels: { SizeX, SizeY, SizeC: samples, Type: 'uint16' }, channels }]);
}

describe('channels that are the samples of a pixel', () => {
  const image = createTogether(5, 16);
  const all = { x: 0, y: 0, level: 0, width: 32, height: 32 };
  const pick = (samples: number, { values }: typeof image, c: number) => values.filter((_, i) => i % samples === c);

  it.each([2, 5])('are read from OME-TIFF, %i of them', async (samples) => {
    const page = createTogether(samples, 16);
    const listed = Array.from({ length: samples }, (_, i) => ({ Name: `c${i}` }));
    const plain = { x: 0, y: 0, level: 0, width: 32, height: 32 };
    for (const channels of [listed, [{ Name: 'all', SamplesPerPixel: samples }]]) {
      const description = describeOme(page, samples, channels);
      await using slide = await openOne({ ...page, description });
      expect(slide.format).toBe('ome-tiff');
      const one = channels.length === 1;
      expect(slide.channels.map(({ name }) => name)).toEqual(
        listed.map(({ Name }, i) => (one ? `channel ${i}` : Name)),
      );
      for (let channel = 0; channel < samples; channel++)
        expect((await slide.readRegion({ ...plain, channel })).data).toEqual(pick(samples, page, channel));
    }
  });

  it('look as in a TIFF without OME-XML', async () => {
    await using plain = await openOne(image);
    const description = describeOme(image, 5, []);
    await using ome = await openOne({ ...image, description });
    expect((await ome.readRegion(all)).data).toEqual((await plain.readRegion(all)).data);
  });

  it('are read and decoded once to be shown together', async () => {
    let reads = 0;
    const source = createBufferSource(buildTiff([image]).bytes, 'one.tif');
    const counting: ByteSource = {
      ...source,
      read(offset, length, options) {
        if (length === 16 * 16 * 5 * 2) reads++;
        return source.read(offset, length, options);
      },
    };
    await using slide = await openSlide(counting);
    const { data } = await slide.readRegion(all);
    expect(reads).toBe(4);
    // Red is of the first channel and the fourth, whose colours are red and magenta.
    const [one = 0, four = 0] = [0, 3].map((c) => Math.floor((pick(5, image, c)[77]! + 128) / 257));
    expect(data[77 * 3]).toBe(Math.min(255, one + four));
  });
});

describe('runs of tiles', () => {
  const pixels = createNoise(8 * 12 * 3, 5);
  const level: BackingLevel = {
    ...{ width: 8, height: 12, tileWidth: 8, tileHeight: 4, columns: 1, rows: 3, codec: 'jpeg' },
    downsample: { x: 1, y: 1 },
    decodeTile: async (_col, row) => ({
      ...{ width: 8, height: 4, channels: 3 },
      data: pixels.subarray(row * 96, row * 96 + 96),
    }),
    readEncodedTile: async () => undefined,
    runs: {
      length: 3,
      decode: async (_col, row, count) => ({
        ...{ width: 8, height: 4 * count, channels: 3 },
        data: pixels.subarray(row * 96, (row + count) * 96),
      }),
    },
  };
  const channel = { index: 2, name: 'blue', type: 'uint8', rgb: true, range: undefined, inverted: false } as const;

  it('stay runs where one channel is shown, and have its samples', async () => {
    const shown = createWindowLevel(withSamples(level), { channel, window: [0, 255] });
    const run = await shown.runs?.decode(0, 1, 2);
    expect(run?.data).toEqual(pixels.filter((_, i) => i % 3 === 2).subarray(32));
    expect(run).toMatchObject({ width: 8, height: 8, channels: 1 });
  });

  it('are none where a level has samples of its own, or no window', () => {
    const own = { ...level, readSamples: async () => undefined };
    expect(createWindowLevel(withSamples(own), { channel, window: [0, 255] }).runs).toBeUndefined();
    expect(createWindowLevel(withSamples(level), { channel, window: undefined }).runs).toBeUndefined();
  });
});
