/**
 * Macenko's method as StainTools computes it (luminosity threshold 0.8, 99th percentiles): as tiatoolbox, but tissue is told
 * without drawing out the contrast, and concentrations are never negative (lasso with a penalty of 0.01).
 */

import { createSparseTransform } from '../apply/create-sparse-transform.ts';
import { createFlooredDensityTable } from '../apply/density-table.ts';
import { fitMacenko } from '../fit/fit-macenko.ts';
import { markDark } from '../fit/mark-dark.ts';
import { measureSparseConcentrations } from '../fit/sparse-strengths.ts';
import type { StainMethod } from '../stain-method.ts';
import { expectStains } from '../vectors/stain-vectors.ts';

const NAME = 'macenko-staintools';
const DENSITY = createFlooredDensityTable();

export const macenkoStaintools: StainMethod = {
  name: NAME,
  usesNeighbours: false,
  reference: undefined,
  fit({ data }) {
    const rule = { density: DENSITY, measure: measureSparseConcentrations };
    return fitMacenko(data, markDark(data, { stretch: false }), rule);
  },
  createTransform(source, target) {
    return createSparseTransform(DENSITY, expectStains(source, NAME), expectStains(target, NAME));
  },
};
