import { describe, expect, it } from 'vitest';
import { createFlooredDensityTable } from '../../../../../src/preprocessing/stain-normalization/apply/density-table.ts';
import { measureSparseConcentrations } from '../../../../../src/preprocessing/stain-normalization/fit/sparse-strengths.ts';
import { computePercentile } from '../../../../../src/preprocessing/stain-normalization/kernels/percentile.ts';
import {
  CONCENTRATION_PENALTY,
  collectSparseTails,
  computeSparsePair,
} from '../../../../../src/preprocessing/stain-normalization/kernels/sparse-pair.ts';
import { createFlat, createTissue, TEST_STAINS } from '../../../../support/stain-tissue.ts';

const DENSITY = createFlooredDensityTable();
const PROBLEM = { stains: Float64Array.from(TEST_STAINS.flat()), penalty: CONCENTRATION_PENALTY };

function measureAll(rgb: Uint8Array): number[] {
  const both = [new Float64Array(rgb.length / 3), new Float64Array(rgb.length / 3)] as const;
  computeSparsePair(rgb, DENSITY, PROBLEM, both);
  return both.map((values) => computePercentile(values, 99));
}

describe('strengths of stains that are never negative', () => {
  it.each([
    ['few pixels', createTissue({ width: 40, height: 40 })],
    ['many', createTissue({ width: 300, height: 200 })],
    ['much glass', createTissue({ width: 300, height: 200, glass: 0.97 })],
    ['hardly any tissue', createTissue({ width: 300, height: 200, glass: 0.995 })],
    ['one colour', createFlat([120, 60, 140], 200, 100)],
    ['white', createFlat([255, 255, 255], 200, 100)],
  ])('are the percentiles of all pixels, to the last bit: %s', (_name, { data }) => {
    expect(measureSparseConcentrations(data, DENSITY, TEST_STAINS)).toEqual(measureAll(data));
  });

  it('are collected only where there is room', () => {
    const { data } = createTissue();
    const edges = [0, 0] as const;
    const tails = [new Float64Array(96 * 96), new Float64Array(96 * 96)] as const;
    expect(collectSparseTails(data, DENSITY, PROBLEM, { edges, tails })).toEqual([96 * 96, 96 * 96]);
    const short = [tails[0], tails[1].subarray(1)] as const;
    expect(collectSparseTails(data, DENSITY, PROBLEM, { edges, tails: short })).toBeUndefined();
  });
});
