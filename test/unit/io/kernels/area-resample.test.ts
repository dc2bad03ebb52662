import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AreaSource,
  type AreaWindow,
  addArea,
  createAreaSums,
  resampleArea,
  writeArea,
} from '../../../../src/io/kernels/area-resample.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

function noise(width: number, height: number, channels: number, seed = 1): AreaSource {
  return { width, height, channels, data: createNoise(width * height * channels, seed) };
}

function resample(
  source: AreaSource,
  window: AreaWindow,
  { width, height }: { width: number; height: number },
): Uint8Array {
  const data = new Uint8Array(width * height * source.channels);
  resampleArea(source, window, { data, width, firstRow: 0, endRow: height });
  return data;
}

/** The definition, pixel by pixel: the covered share of every source pixel, white outside. No rounding. */
function averageByDefinition(source: AreaSource, window: AreaWindow, at: { x: number; y: number; c: number }): number {
  const [left, top] = [window.x + at.x * window.stepX, window.y + at.y * window.stepY];
  let sum = 0;
  for (let y = Math.floor(top); y < Math.ceil(top + window.stepY); y++) {
    for (let x = Math.floor(left); x < Math.ceil(left + window.stepX); x++) {
      const inside = x >= 0 && y >= 0 && x < source.width && y < source.height;
      const value = inside ? (source.data[(y * source.width + x) * source.channels + at.c] ?? 0) : 255;
      const wide = Math.min(x + 1, left + window.stepX) - Math.max(x, left);
      const high = Math.min(y + 1, top + window.stepY) - Math.max(y, top);
      sum += value * Math.max(0, wide) * Math.max(0, high);
    }
  }
  return sum / (window.stepX * window.stepY);
}

describe('resampleArea', () => {
  it('is the rounded mean of its definition, for any window', () => {
    const step = fc.double({ min: 0.2, max: 9, noNaN: true });
    const corner = fc.double({ min: -6, max: 12, noNaN: true });
    const shape = fc.record({ stepX: step, stepY: step, x: corner, y: corner });
    fc.assert(
      fc.property(shape, fc.constantFrom(1, 3), (window, channels) => {
        const source = noise(11, 9, channels);
        const data = resample(source, window, { width: 4, height: 3 });
        for (let i = 0; i < data.length; i++) {
          const [c, pixel] = [i % channels, Math.floor(i / channels)];
          const exact = averageByDefinition(source, window, { x: pixel % 4, y: Math.floor(pixel / 4), c });
          // Half a level for rounding; sums in another order may tip what is within 1e-9 of half-way.
          expect(Math.abs((data[i] ?? 0) - exact)).toBeLessThanOrEqual(0.5 + 1e-9);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it.each([2, 3, 4, 5, 8])('is the exact mean of %i x %i blocks, halves up', (factor) => {
    const source = noise(factor * 6, factor * 5, 3, factor);
    const data = resample(source, { x: 0, y: 0, stepX: factor, stepY: factor }, { width: 6, height: 5 });
    for (let i = 0; i < data.length; i++) {
      const [c, x, y] = [i % 3, Math.floor(i / 3) % 6, Math.floor(i / 18)];
      let sum = 0;
      for (let dy = 0; dy < factor; dy++)
        for (let dx = 0; dx < factor; dx++)
          sum += source.data[((y * factor + dy) * source.width + x * factor + dx) * 3 + c] ?? 0;
      // In integers, without a rounding error: floor((2 sum + n) / 2n) is round half up.
      const n = factor * factor;
      expect(data[i]).toBe(Math.floor((2 * sum + n) / (2 * n)));
    }
  });

  it('gives what numpy gives on blocks of 3 x 3 and 4 x 2', () => {
    // floor(noise.reshape(4, 3, 4, 3).mean((1, 3)) + 0.5), the noise as createNoise makes it. Pillow's reduce() and BOX
    // round on the way (a truncated reciprocal; one pass per axis) and differ from it by one level here and there.
    const source = noise(12, 12, 1);
    const three = resample(source, { x: 0, y: 0, stepX: 3, stepY: 3 }, { width: 4, height: 4 });
    expect([...three]).toEqual([119, 133, 120, 106, 156, 175, 99, 85, 175, 115, 158, 73, 137, 149, 138, 137]);
    const oblong = resample(source, { x: 0, y: 0, stepX: 4, stepY: 2 }, { width: 3, height: 6 });
    expect([...oblong]).toEqual([
      142, 132, 65, 155, 146, 120, 121, 121, 113, 164, 163, 97, 143, 122, 129, 155, 98, 146,
    ]);
  });

  it('keeps pixels as they are at step 1, and repeats them at whole fractions', () => {
    const source = noise(5, 4, 3);
    expect(resample(source, { x: 0, y: 0, stepX: 1, stepY: 1 }, source)).toEqual(source.data);
    const twice = resample(source, { x: 1, y: 1, stepX: 0.5, stepY: 0.5 }, { width: 2, height: 2 });
    const pixel = source.data.subarray((5 + 1) * 3, (5 + 2) * 3);
    expect(twice).toEqual(Uint8Array.from([...pixel, ...pixel, ...pixel, ...pixel]));
  });

  it('keeps white white and black black at any step', () => {
    for (const value of [0, 255]) {
      const source = { width: 100, height: 100, channels: 3, data: new Uint8Array(30_000).fill(value) };
      const data = resample(source, { x: 0.3, y: 0.7, stepX: 3.3337, stepY: 7.0001 }, { width: 29, height: 14 });
      expect(new Set(data)).toEqual(new Set([value]));
    }
  });

  it('is white outside, and blends with white at the edge', () => {
    const source = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) };
    expect([...resample(source, { x: -2, y: 0, stepX: 2, stepY: 2 }, { width: 3, height: 1 })]).toEqual([255, 0, 255]);
    expect([...resample(source, { x: -1, y: 0, stepX: 2, stepY: 2 }, { width: 1, height: 1 })]).toEqual([128]);
  });
});

describe('sums over pieces', () => {
  const source = noise(50, 40, 3);
  const window = { x: -3.25, y: 2.5, stepX: 2.7, stepY: 3.1 };
  const size = { width: 20, height: 12 };

  function fromPieces(side: number): Uint8Array {
    const data = new Uint8Array(size.width * size.height * 3);
    for (const [firstRow, endRow] of [
      [0, 5],
      [5, 12],
    ] as const) {
      const sums = createAreaSums({ width: size.width, channels: 3, firstRow, endRow });
      for (let top = 0; top < source.height; top += side) {
        for (let left = 0; left < source.width; left += side) {
          const inside = { width: Math.min(side, source.width - left), height: Math.min(side, source.height - top) };
          const place = { ...window, x: window.x - left, y: window.y - top };
          addArea(sums, cut({ left, top, side }), { window: place, ...inside });
        }
      }
      writeArea(sums, window, data);
    }
    return data;
  }

  /** A tile of full size; what lies past the source is black padding that must not count. */
  function cut({ left, top, side }: { left: number; top: number; side: number }): AreaSource {
    const data = new Uint8Array(side * side * 3);
    for (let y = 0; y < Math.min(side, source.height - top); y++) {
      const from = ((top + y) * source.width + left) * 3;
      data.set(source.data.subarray(from, from + Math.min(side, source.width - left) * 3), y * side * 3);
    }
    return { width: side, height: side, channels: 3, data };
  }

  it.each([7, 16, 64])('are those of the whole, in tiles of %i and two bands', (side) => {
    expect(fromPieces(side)).toEqual(resample(source, window, size));
  });

  it('take grey pieces for three channels', () => {
    const grey = noise(6, 6, 1);
    const sums = createAreaSums({ width: 3, channels: 3, firstRow: 0, endRow: 3 });
    const place = { x: 0, y: 0, stepX: 2, stepY: 2 };
    addArea(sums, grey, { window: place, width: 6, height: 6 });
    const data = new Uint8Array(27);
    writeArea(sums, place, data);
    const single = resample(grey, place, { width: 3, height: 3 });
    expect([...data]).toEqual([...single].flatMap((value) => [value, value, value]));
  });

  it('stay white where a piece never comes', () => {
    const sums = createAreaSums({ width: 4, channels: 1, firstRow: 2, endRow: 4 });
    const data = new Uint8Array(16).fill(7);
    writeArea(sums, { x: 0, y: 0, stepX: 2, stepY: 2 }, data);
    expect([...data]).toEqual([...Array(8).fill(7), ...Array(8).fill(255)]);
  });
});
