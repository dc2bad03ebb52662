import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBox, createBoxSums, finishSums } from '../../../../../src/viewer/page/layers/kernels/box-sums.ts';
import { packColor, strokeBox } from '../../../../../src/viewer/page/layers/kernels/stroke-box.ts';
import { visitBoxes } from '../../../../../src/viewer/page/layers/kernels/visit-boxes.ts';
import { drawPatchTile } from '../../../../../src/viewer/page/layers/patches/draw-patch-tile.ts';
import { findPatchesAt } from '../../../../../src/viewer/page/layers/patches/find-patches.ts';
import { createPatchIndex, readColumn } from '../../../../../src/viewer/page/layers/patches/patch-index.ts';
import type { PatchStyle } from '../../../../../src/viewer/page/layers/patches/patch-style.ts';
import { rankPatches } from '../../../../../src/viewer/page/layers/patches/rank-patches.ts';

type BoxRow = readonly [x: number, y: number, width: number, height: number];

const STYLE: PatchStyle = {
  column: 0,
  scale: { map: 'greys', range: [0, 1] },
  color: [0, 114, 178],
  fill: true,
  outline: true,
};

function indexRows(rows: readonly BoxRow[]) {
  return createPatchIndex(new Float32Array(rows.flat()).buffer, rows.length);
}

/** RGBA of a pixel. */
function pick(rgba: Uint8ClampedArray | null, x: number, y: number): number[] {
  if (rgba === null) return [];
  const size = Math.sqrt(rgba.length / 4);
  return [...rgba.subarray((y * size + x) * 4, (y * size + x) * 4 + 4)];
}

const row = fc.tuple(
  fc.integer({ min: -50, max: 500 }),
  fc.integer({ min: -50, max: 500 }),
  fc.integer({ min: 1, max: 90 }),
  fc.integer({ min: 1, max: 90 }),
);

describe('sums over boxes', () => {
  it('are the areas of a plain sum over pixels', () => {
    const box = fc.tuple(...[0, 1, 2, 3].map(() => fc.double({ min: -3, max: 19, noNaN: true })), fc.integer());
    fc.assert(
      fc.property(fc.array(box, { maxLength: 8 }), (boxes) => {
        const size = 16;
        const sums = createBoxSums(size, 1);
        for (const [a = 0, b = 0, c = 0, d = 0, value = 0] of boxes)
          addBox(sums, Float64Array.of(a, b, c, d), Float64Array.of(value));
        finishSums(sums);
        const overlap = (low: number, high: number, at: number) =>
          Math.max(0, Math.min(high, at + 1) - Math.max(low, at));
        const wrong: number[][] = [];
        for (let y = 0; y < size; y++)
          for (let x = 0; x < size; x++) {
            const areas = boxes.map(([a = 0, b = 0, c = 0, d = 0]) => overlap(a, c, x) * overlap(b, d, y));
            const area = areas.reduce((sum, one) => sum + one, 0);
            const total = areas.reduce((sum, one, k) => sum + one * (boxes[k]?.[4] ?? 0), 0);
            const [gotArea = 0, gotTotal = 0] = sums.data.subarray((y * (size + 2) + x) * 2);
            // Numbers are up to 2^31: their last digits are a millionth.
            if (Math.abs(gotArea - area) > 1e-9 || Math.abs(gotTotal - total) > 1e-3) wrong.push([x, y]);
          }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a tile of patches', () => {
  it('shows the mean of what overlaps, grey lines where there is no number, nothing elsewhere', () => {
    const index = indexRows([
      [0, 0, 40, 40],
      [20, 0, 40, 40],
      [0, 60, 20, 20],
    ]);
    const values = Float32Array.of(0, 1, Number.NaN);
    const rgba = drawPatchTile(index, { left: 0, top: 0, downsample: 1, size: 128 }, { style: STYLE, values });
    // greys: 0 is white, 1 black.
    expect(pick(rgba, 10, 20)).toEqual([255, 255, 255, 128]);
    expect(pick(rgba, 50, 20)).toEqual([0, 0, 0, 128]);
    expect(pick(rgba, 30, 20).slice(0, 3)).toEqual([127, 127, 127]);
    expect(pick(rgba, 0, 20)).toEqual([255, 255, 255, 255]);
    expect(pick(rgba, 0, 70)).toEqual([128, 128, 128, 255]);
    expect(pick(rgba, 10, 70)).toEqual([0, 0, 0, 0]);
    expect(pick(rgba, 100, 100)).toEqual([0, 0, 0, 0]);
  });

  it('keeps to the range: beyond it are the colours of its ends', () => {
    const index = indexRows([
      [0, 0, 4, 4],
      [4, 0, 4, 4],
      [8, 0, 4, 4],
    ]);
    const style: PatchStyle = { ...STYLE, scale: { map: 'greys', range: [10, 20] } };
    const values = Float32Array.of(-100, 15, 100);
    const rgba = drawPatchTile(index, { left: 0, top: 0, downsample: 1, size: 16 }, { style, values });
    expect([1, 5, 9].map((x) => pick(rgba, x, 1)[0])).toEqual([255, 127, 0]);
  });

  it('fills patches that are too small for an outline, as strongly as they cover a pixel', () => {
    const index = indexRows([
      [0, 0, 100, 100],
      [200, 0, 50, 100],
    ]);
    const style: PatchStyle = { ...STYLE, column: null, fill: false };
    const far = drawPatchTile(index, { left: 0, top: 0, downsample: 100, size: 8 }, { style, values: null });
    expect(pick(far, 0, 0)).toEqual([0, 114, 178, 110]);
    expect(pick(far, 2, 0)).toEqual([0, 114, 178, 55]);
    const near = drawPatchTile(index, { left: 0, top: 0, downsample: 1, size: 128 }, { style, values: null });
    expect(pick(near, 0, 50)).toEqual([0, 114, 178, 255]);
    expect(pick(near, 50, 50)).toEqual([0, 0, 0, 0]);
  });

  it('is the same in four parts: no seams between tiles', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), fc.constantFrom(0.5, 1, 2, 8), (rows, downsample) => {
        const index = indexRows(rows);
        const paint = { style: STYLE, values: Float32Array.from(rows, (_, i) => i / rows.length) };
        const whole = drawPatchTile(index, { left: 0, top: 0, downsample, size: 64 }, paint);
        for (const [col, line] of [
          [0, 0],
          [1, 0],
          [0, 1],
          [1, 1],
        ] as const) {
          const frame = { left: col * 32 * downsample, top: line * 32 * downsample, downsample, size: 32 };
          const part = drawPatchTile(index, frame, paint);
          const wrong: number[][] = [];
          for (let y = 0; y < 32; y++)
            for (let i = 0; i < 32 * 4; i++) {
              const other = whole?.[((line * 32 + y) * 64 + col * 32) * 4 + i] ?? 0;
              // Sums begin at the left of the tile: their last digits differ.
              if (Math.abs((part?.[y * 128 + i] ?? 0) - other) > 1) wrong.push([i >> 2, y]);
            }
          expect(wrong).toEqual([]);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('draws outlines inside of their boxes and of the tile', () => {
    const pixels = new Uint32Array(64);
    strokeBox(pixels, Float64Array.of(-2, 1.4, 5.6, 6), { color: packColor([1, 2, 3, 4]), width: 1 });
    const lines = Array.from({ length: 8 }, (_, y) =>
      [...pixels.subarray(y * 8, y * 8 + 8)].map((pixel) => (pixel === 0 ? '.' : '#')).join(''),
    );
    expect(lines).toEqual([
      '........',
      '######..',
      '.....#..',
      '.....#..',
      '.....#..',
      '######..',
      '........',
      '........',
    ]);
    expect([...new Uint8Array(pixels.buffer, 4 * 8, 4)]).toEqual([1, 2, 3, 4]);
  });
});

describe('patches are found', () => {
  it('as by a look at each, also where some are much larger than others', () => {
    const huge = fc.constant([-10, -10, 3000, 3000] as const);
    fc.assert(
      fc.property(fc.array(fc.oneof(row, huge), { maxLength: 60 }), row, (rows, [x, y, width, height]) => {
        const { grid } = indexRows(rows);
        const found: number[] = [];
        visitBoxes(grid, { left: x, top: y, right: x + width, bottom: y + height }, (item) => found.push(item));
        const meets = ([a, b, w, h]: BoxRow) => a <= x + width && a + w >= x && b <= y + height && b + h >= y;
        expect(found.sort((a, b) => a - b)).toEqual(rows.flatMap((one, i) => (meets(one) ? [i] : [])));
      }),
    );
  });

  it('at a point: the smallest first, of equals the one above; right and bottom edges are the next patch', () => {
    const index = indexRows([
      [0, 0, 100, 100],
      [10, 10, 20, 20],
      [10, 10, 20, 20],
      [30, 10, 20, 20],
    ]);
    expect(findPatchesAt(index, 15, 15)).toEqual([2, 1, 0]);
    expect(findPatchesAt(index, 30, 15)).toEqual([3, 0]);
    expect(findPatchesAt(index, 100, 50)).toEqual([]);
  });

  it('by their number, those without one last', () => {
    const values = Float32Array.of(2, Number.NaN, -1, 2, Infinity);
    expect([...rankPatches(values, 'descending')]).toEqual([4, 0, 3, 2, 1]);
    expect([...rankPatches(values, 'ascending')]).toEqual([2, 0, 3, 4, 1]);
  });

  it('refuses files that are cut off', () => {
    expect(() => createPatchIndex(new ArrayBuffer(31), 2)).toThrow(
      'expected 32 bytes of boxes of the patches but received 31',
    );
    expect(() => readColumn(new ArrayBuffer(4), 2)).toThrow('expected 8 bytes of a column');
  });
});
