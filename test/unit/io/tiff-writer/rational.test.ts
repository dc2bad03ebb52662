import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toRational } from '../../../../src/io/tiff/writer/rational.ts';

test('numbers of a few decimals come back exactly', () => {
  expect(toRational(10_000 / 0.499)).toEqual([10_000_000, 499]);
  expect(toRational(10_000 / 0.25)).toEqual([40_000, 1]);
  expect(toRational(0.5)).toEqual([1, 2]);
});

test('any pixel size is kept to better than a part in 10^9', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1000, noNaN: true }), (mpp) => {
      const [numerator, denominator] = toRational(10_000 / mpp);
      expect(Number.isInteger(numerator) && Number.isInteger(denominator)).toBe(true);
      expect(Math.max(numerator, denominator)).toBeLessThan(2 ** 32);
      expect(Math.abs(10_000 / (numerator / denominator) / mpp - 1)).toBeLessThan(1e-9);
    }),
  );
});
