import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cutCoordinates } from '../../../../src/preprocessing/xml-to-mask/kernels/cut-coordinates.ts';
import { createRunDeflater, deflateRuns } from '../../../../src/preprocessing/xml-to-mask/kernels/deflate-runs.ts';
import { assignCodes, computeCodeLengths } from '../../../../src/preprocessing/xml-to-mask/kernels/huffman-lengths.ts';
import {
  addSpans,
  countRuns,
  createPixelRuns,
  endRuns,
  findRuns,
  packRuns,
  packToRuns,
} from '../../../../src/preprocessing/xml-to-mask/kernels/pixel-runs.ts';
import { createMaskGrid, listMaskLevels } from '../../../../src/preprocessing/xml-to-mask/mask-grid.ts';
import { OptionError } from '../../../../src/utils/errors.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';

const random = createSeededRandom(3);

/** Runs of up to `longest` pixels of values below `values`. */
function createRuns(length: number, values: number, longest: number): Uint8Array {
  const pixels = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const end = at + random.integer(1, longest);
    pixels.fill(random.integer(0, values - 1), at, end);
    at = end;
  }
  return pixels;
}

function runsOf(pixels: Uint8Array) {
  const runs = createPixelRuns();
  findRuns(pixels, runs);
  return runs;
}

describe('deflateRuns', () => {
  it.each([
    [2, 1],
    [2, 3],
    [3, 258],
    [3, 700],
    [2, 100_000],
    [256, 1],
    [256, 4],
    [256, 9000],
    [1, 1],
  ])('%i values in runs of at most %i: zlib gives the same bytes back', (values, longest) => {
    const deflater = createRunDeflater(65_536);
    for (const length of [4, 8, 1028, 65_536]) {
      const pixels = createRuns(length, values, longest);
      // zlib checks the checksum, and that all codes are complete.
      expect(Buffer.compare(inflateSync(deflateRuns(deflater, runsOf(pixels))), pixels)).toBe(0);
    }
  });

  it('runs of each length up to 300 come back', () => {
    const pixels = new Uint8Array(300 * 151).map((_, at) => Math.floor((Math.sqrt(8 * at + 1) - 1) / 2) % 251);
    const whole = pixels.subarray(0, pixels.length & ~3);
    const deflated = deflateRuns(createRunDeflater(whole.length), runsOf(whole));
    expect(Buffer.compare(inflateSync(deflated), whole)).toBe(0);
  });

  it('damage is found by zlib: the check above can fail', () => {
    const pixels = createRuns(1024, 3, 50);
    const deflated = deflateRuns(createRunDeflater(1024), runsOf(pixels));
    deflated[deflated.length - 1]! ^= 1;
    expect(() => inflateSync(deflated)).toThrow(/incorrect data check/);
  });
});

describe('Huffman codes', () => {
  it('are complete, at most 15 bits, and shorter for what is more frequent', () => {
    // Fibonacci's numbers make the deepest tree there is.
    const counts = Uint32Array.from({ length: 40 }, (_, i) => Math.round(1.618 ** Math.min(i, 40)));
    const lengths = new Uint8Array(40);
    computeCodeLengths(counts, lengths);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(15);
    expect(lengths.reduce((sum, length) => sum + 2 ** -length, 0)).toBe(1);
    expect([...lengths].every((length, i) => i === 0 || length <= lengths[i - 1]!)).toBe(true);
    const codes = new Uint16Array(40);
    assignCodes(lengths, codes);
    const texts = [...codes].map((code, i) => [...code.toString(2).padStart(lengths[i]!, '0')].toReversed().join(''));
    expect(texts.every((one, i) => texts.every((other, j) => i === j || !other.startsWith(one)))).toBe(true);
  });
});

describe('pixels of masks', () => {
  const lines: [width: number, pitch: number][] = [1, 7, 8, 9, 16, 21, 64, 515].map((width) => [
    width,
    (width + 7) & ~7,
  ]);
  it.each([...lines, [13, 24], [1600, 1608]] as const)(
    'packs rows of %i pixels every %i bits as one by one',
    (width, pitch) => {
      const rows = 13;
      const pixels = createRuns(width * rows, 3, width > 1000 ? 2000 : 12);
      const expected = new Uint8Array((pitch * rows) / 8);
      pixels.forEach((label, i) => {
        const bit = Math.floor(i / width) * pitch + (i % width);
        if (label !== 0) expected[bit >> 3]! |= 128 >> (bit & 7);
      });
      const bits = new Uint8Array(expected.length).fill(255);
      packRuns(runsOf(pixels), bits, { width, pitch });
      expect(bits).toEqual(expected);
    },
  );

  it.each([1, 2, 5, 9, 40, 3000])('packs runs of at most %i pixels to the runs that packed bytes have', (longest) => {
    for (const length of [8, 64, 8192]) {
      const runs = runsOf(createRuns(length, 3, longest));
      const bits = new Uint8Array(length / 8);
      packRuns(runs, bits, { width: length, pitch: length });
      const packed = createPixelRuns();
      packToRuns(runs, packed);
      const found = runsOf(bits);
      for (const name of ['ends', 'values'] as const)
        expect(packed[name].subarray(0, packed.count)).toEqual(found[name].subarray(0, found.count));
    }
  });

  it('finds and counts runs at any position, and as many as there are', () => {
    for (const [offset, longest] of [0, 1, 4, 6].flatMap((at) => [1, 30, 90].map((most) => [at, most] as const))) {
      const pixels = createRuns(9001, 256, longest).subarray(offset);
      const { ends, values, count } = runsOf(pixels);
      const again = new Uint8Array(pixels.length);
      for (let i = 0; i < count; i++) again.fill(values[i]!, i > 0 ? ends[i - 1]! : 0, ends[i]!);
      expect(Buffer.compare(again, pixels)).toBe(0);
      expect(values.subarray(0, count).every((value, i) => i === 0 || value !== values[i - 1])).toBe(true);
      const counts = new Float64Array(256);
      countRuns({ ends, values, count }, counts);
      const expected = new Float64Array(256);
      for (const label of pixels) expected[label]!++;
      expect(counts).toEqual(expected);
    }
  });

  it('makes runs of the spans of a shape on even ground', () => {
    const list = (...spans: number[][]) => {
      const runs = createPixelRuns();
      for (const part of spans) addSpans(runs, { list: Int32Array.from(part), count: part.length / 2 }, 5, 2);
      endRuns(runs, 100, 2);
      return [...runs.ends.subarray(0, runs.count)].map((end, i) => [end, runs.values[i]]);
    };
    expect(list()).toEqual([[100, 2]]);
    expect(list([0, 100])).toEqual([[100, 5]]);
    expect(list([0, 10, 20, 30])).toEqual([
      [10, 5],
      [20, 2],
      [30, 5],
      [100, 2],
    ]);
    expect(list([40, 100])).toEqual([
      [40, 2],
      [100, 5],
    ]);
    // The spans of two halves of a box may touch.
    expect(list([5, 50], [50, 60])).toEqual([
      [5, 2],
      [60, 5],
      [100, 2],
    ]);
    expect(list([0, 50], [50, 100])).toEqual([[100, 5]]);
  });

  it('cuts vertices towards 0, or rounds them', () => {
    const ring = Float64Array.of(15.9, -15.9, 20, 12);
    expect([...cutCoordinates(ring, { x: 8, y: 4 }, 'trunc')]).toEqual([8, -12, 16, 12]);
    expect([...cutCoordinates(ring, { x: 8, y: 4 }, 'round')]).toEqual([16, -16, 24, 12]);
  });
});

describe('the grid of a mask', () => {
  it('has whole pixels only, by downsample or microns', () => {
    const frame = { width: 1001, height: 777, mpp: { x: 0.25, y: 0.5 } };
    expect(createMaskGrid(frame, { downsample: 8 })).toMatchObject({ width: 125, height: 97 });
    expect(createMaskGrid(frame, { maskMpp: 2 })).toEqual({ width: 125, height: 194, downsample: { x: 8, y: 4 } });
    expect(createMaskGrid({ width: 3, height: 2 }, { downsample: 8 })).toMatchObject({ width: 1, height: 1 });
  });

  it('refuses microns without a pixel size, both scales, and what is no scale', () => {
    const frame = { width: 1000, height: 1000 };
    expect(() => createMaskGrid(frame, { maskMpp: 2 })).toThrow(OptionError);
    expect(() => createMaskGrid({ ...frame, mpp: { x: 1, y: 1 } }, { maskMpp: 2, downsample: 2 })).toThrow(OptionError);
    for (const downsample of [0, -1, Number.NaN, 1e-9])
      expect(() => createMaskGrid(frame, { downsample })).toThrow(OptionError);
  });

  it('has levels of half the size until one tile holds all', () => {
    const levels = listMaskLevels({ width: 1001, height: 300, downsample: { x: 2, y: 2 } }, 256);
    expect(levels.map(({ width, height, downsample }) => [width, height, downsample.x])).toEqual([
      [1001, 300, 2],
      [500, 150, 4],
      [250, 75, 8],
    ]);
  });
});
