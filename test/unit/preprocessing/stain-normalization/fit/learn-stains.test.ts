import { describe, expect, it } from 'vitest';
import { createFlooredDensityTable } from '../../../../../src/preprocessing/stain-normalization/apply/density-table.ts';
import {
  LEARNING_PENALTY,
  learnStains,
} from '../../../../../src/preprocessing/stain-normalization/fit/learn-stains.ts';
import {
  computePairCost,
  improvePair,
} from '../../../../../src/preprocessing/stain-normalization/kernels/improve-pair.ts';
import { sumPairProducts } from '../../../../../src/preprocessing/stain-normalization/kernels/pair-products.ts';
import { pickPixels } from '../../../../../src/preprocessing/stain-normalization/kernels/pick-pixels.ts';
import { computeSparsePair } from '../../../../../src/preprocessing/stain-normalization/kernels/sparse-pair.ts';
import { createTissue, TEST_STAINS } from '../../../../support/stain-tissue.ts';

const DENSITY = createFlooredDensityTable();
const { data } = createTissue({ glass: 0 });
const count = data.length / 3;

const createSums = (stains: Float64Array) => sumPairProducts(data, DENSITY, { stains, penalty: LEARNING_PENALTY });

describe('sparse learning of two stains', () => {
  const planted = Float64Array.from(TEST_STAINS.flat());

  it('costs what its pixels cost one by one', () => {
    const amounts = [new Float64Array(count), new Float64Array(count)] as const;
    computeSparsePair(data, DENSITY, { stains: planted, penalty: LEARNING_PENALTY }, amounts);
    let cost = 0;
    for (let i = 0; i < count; i++) {
      const [a, b] = [amounts[0][i]!, amounts[1][i]!];
      cost += LEARNING_PENALTY * (a + b);
      for (let c = 0; c < 3; c++) cost += (DENSITY[data[3 * i + c]!]! - planted[c]! * a - planted[3 + c]! * b) ** 2 / 2;
    }
    expect(computePairCost(planted, createSums(planted), LEARNING_PENALTY, count)).toBeCloseTo(cost / count, 12);
  });

  it('improves stains within their bounds, and no small step improves them more', () => {
    const sums = createSums(planted);
    const cost = (stains: Float64Array) => computePairCost(stains, sums, LEARNING_PENALTY, count);
    const stains = planted.slice();
    improvePair(stains, sums);
    expect(cost(stains)).toBeLessThan(cost(planted));
    for (const at of [0, 3]) expect(Math.hypot(...stains.subarray(at, at + 3))).toBeLessThanOrEqual(1 + 1e-12);
    for (let i = 0; i < 6; i++)
      for (const step of [-1e-4, 1e-4]) {
        const other = stains.slice();
        other[i]! = Math.max(0, other[i]! + step);
        const at = i < 3 ? 0 : 3;
        const over = Math.max(1, Math.hypot(...other.subarray(at, at + 3)));
        for (let c = at; c < at + 3; c++) other[c]! /= over;
        expect(cost(other)).toBeGreaterThanOrEqual(cost(stains) - 1e-12);
      }
  });

  it('ends below the cost of the stains that a picture was painted with, and at the same ones each time', () => {
    const sums = createSums(planted);
    const learned = learnStains(data, DENSITY);
    expect(learned.objective).toBeLessThan(computePairCost(planted, sums, LEARNING_PENALTY, count));
    expect(learned.turns).toBeLessThan(300);
    expect(learnStains(data, DENSITY)).toEqual(learned);
    for (const stain of learned.stains) {
      expect(Math.hypot(...stain)).toBeCloseTo(1, 12);
      expect(Math.min(...stain)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('picked pixels', () => {
  const rgb = Uint8Array.from({ length: 3 * 1000 }, (_, i) => Math.floor(i / 3) / 4);

  it('are all of few', () => {
    expect(pickPixels(rgb, 1000)).toBe(rgb);
  });

  it('are whole pixels from all over where there are more', () => {
    const picked = pickPixels(rgb, 250);
    expect(picked).toHaveLength(750);
    const reds = picked.filter((_, i) => i % 3 === 0);
    expect(picked.filter((_, i) => i % 3 === 2)).toEqual(reds);
    expect(Math.min(...reds)).toBeLessThan(3);
    expect(Math.max(...reds)).toBeGreaterThan(246);
    expect(reds.reduce((sum, v) => sum + v, 0) / 250).toBeCloseTo(124.5, -1);
  });
});
