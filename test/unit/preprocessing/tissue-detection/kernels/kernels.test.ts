import { describe, expect, it } from 'vitest';
import { computeHsv } from '../../../../../src/preprocessing/tissue-detection/kernels/color.ts';
import {
  labelComponents,
  removeSmallComponents,
} from '../../../../../src/preprocessing/tissue-detection/kernels/components.ts';
import {
  computeHistogram,
  computeOtsu,
  computeOtsuOfFloats,
} from '../../../../../src/preprocessing/tissue-detection/kernels/histogram.ts';
import { createEllipseKernel } from '../../../../../src/preprocessing/tissue-detection/kernels/morphology.ts';
import { resizeMask } from '../../../../../src/preprocessing/tissue-detection/kernels/resize-mask.ts';
import { formatMask, parseMask } from '../support.ts';

describe('colour', () => {
  // Figures of the specification: purple and pink lie within hue 130..180, DAB brown and blue outside.
  it('gives the hues of stains', () => {
    const hue = (r: number, g: number, b: number) => computeHsv(Uint8Array.of(r, g, b))[0];
    expect(hue(110, 80, 150)).toBe(133);
    expect(hue(140, 90, 50)).toBe(13);
  });
});

describe('Otsu', () => {
  it('splits two values at the lower one', () => {
    const split = computeOtsu(computeHistogram(Uint8Array.from([10, 10, 10, 200])));
    expect(split).toEqual({ threshold: 10, low: 10, high: expect.closeTo(200, 9) });
  });

  it('finds one class in a constant picture, and none in an empty one', () => {
    expect(computeOtsu(computeHistogram(new Uint8Array(9).fill(77)))).toEqual({ threshold: 0, low: 77, high: 77 });
    expect(computeOtsu(new Float64Array(256))).toEqual({ threshold: 0, low: 0, high: 0 });
  });

  it('of real numbers is the centre of the bin that ends the first class; constant gives the value', () => {
    expect(computeOtsuOfFloats(Float64Array.from([0, 0, 256, 256]))).toBe(0.5);
    expect(computeOtsuOfFloats(Float64Array.from([3.25, 3.25]))).toBe(3.25);
  });
});

describe('morphology', () => {
  it('has 17 ones in the 5 x 5 ellipse', () => {
    const rows = createEllipseKernel(5).rows.map(({ start, end }) => end - start);
    expect(rows).toEqual([1, 5, 5, 5, 1]);
  });
});

describe('components', () => {
  it('drops small pieces and keeps those of just the asked area', () => {
    const mask = parseMask(['##..#', '##...', '....#', '.#..#']);
    removeSmallComponents(mask, { value: 1, minArea: 2, connectivity: 4 });
    expect(formatMask(mask)).toEqual(['##...', '##...', '....#', '....#']);
  });

  it('reads masks that begin between two words', () => {
    const rows = ['##..#', '##...', '....#', '.#..#'];
    for (const offset of [1, 2, 3]) {
      const data = new Uint8Array(20 + offset).subarray(offset);
      data.set(parseMask(rows).data);
      removeSmallComponents({ width: 5, height: 4, data }, { value: 1, minArea: 2, connectivity: 4 });
      expect(formatMask({ width: 5, height: 4, data })).toEqual(['##...', '##...', '....#', '....#']);
    }
  });

  it('counts more runs than it first makes room for', () => {
    const mask = { width: 101, height: 61, data: Uint8Array.from({ length: 101 * 61 }, (_, i) => (i + 1) & 1) };
    const { area } = labelComponents(mask, 1, 4);
    expect(area.length).toBe(31 * 51 + 30 * 50);
    expect(Math.max(...area)).toBe(1);
    expect(Math.max(...labelComponents(mask, 1, 8).area)).toBe(area.length);
  });

  it('fills holes, but not bays at the border when told so', () => {
    const rows = ['#.###', '###.#', '#####'];
    const inside = parseMask(rows);
    removeSmallComponents(inside, { value: 0, minArea: 9, connectivity: 4, inside: true });
    expect(formatMask(inside)).toEqual(['#.###', '#####', '#####']);
    const all = parseMask(rows);
    removeSmallComponents(all, { value: 0, minArea: 9, connectivity: 4 });
    expect(formatMask(all)).toEqual(['#####', '#####', '#####']);
  });
});

describe('resizing a mask', () => {
  it('keeps it at the same size and grows pieces by the interpolated rim when enlarged', () => {
    const mask = parseMask(['...', '.#.', '...']);
    expect(resizeMask(mask, 3, 3)).toEqual(mask);
    expect(formatMask(resizeMask(mask, 6, 6))).toEqual(['......', '.####.', '.####.', '.####.', '.####.', '......']);
  });
});
