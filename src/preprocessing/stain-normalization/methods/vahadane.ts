/**
 * Vahadane's method around the objective that StainTools gives to SPAMS (luminosity threshold 0.8, penalty 0.1; concentrations
 * by a lasso with 0.01, scaled by 99th percentiles). SPAMS draws pixels at random and stops after a while; here the minimum is
 * looked for by an exact descent, so that results are close to its but not equal, and always the same.
 * Source: A. Vahadane et al., IEEE TMI 35 (2016) 1962-1971.
 */

import { createSparseTransform } from '../apply/create-sparse-transform.ts';
import { createFlooredDensityTable } from '../apply/density-table.ts';
import { checkTissue, describeDegenerate, describeFit } from '../fit/check-fit.ts';
import { learnStains } from '../fit/learn-stains.ts';
import { markDark } from '../fit/mark-dark.ts';
import { measureTissue } from '../fit/measure-tissue.ts';
import { measureSparseConcentrations } from '../fit/sparse-strengths.ts';
import { gatherMarked } from '../kernels/gather-marked.ts';
import { pickPixels } from '../kernels/pick-pixels.ts';
import { computeSymmetricEigen } from '../kernels/symmetric-eigen.ts';
import { STAIN_FLOORS } from '../options.ts';
import type { RgbPixels, StainFit, StainMethod } from '../stain-method.ts';
import { expectStains } from '../vectors/stain-vectors.ts';
import { cross } from '../vectors/vectors.ts';

const NAME = 'vahadane';
const DENSITY = createFlooredDensityTable();
/** Of tissue, to learn from: a picture of 512 x 512 counts as a whole. */
const MOST_LEARNED = 2 ** 18;
/** Of all pixels, to measure strengths by: one of 1024 x 1024 counts as a whole; a slide's samples are more. */
const MOST_MEASURED = 2 ** 20;

export const vahadane: StainMethod = {
  name: NAME,
  usesNeighbours: false,
  reference: undefined,
  fit,
  createTransform(source, target) {
    return createSparseTransform(DENSITY, expectStains(source, NAME), expectStains(target, NAME));
  },
};

function fit({ data }: RgbPixels): StainFit {
  const { mask, tissuePixels } = markDark(data, { stretch: false });
  const counts = { pixels: mask.length, tissuePixels };
  const reason = checkTissue(counts);
  if (reason) return describeDegenerate(reason, counts);
  const tissue = pickPixels(gatherMarked(data, mask, tissuePixels), MOST_LEARNED);
  const { covariance } = measureTissue({ rgb: tissue, brightest: 255 }, DENSITY);
  const [, second = 0, first = 0] = computeSymmetricEigen(covariance).values;
  if (!(first > STAIN_FLOORS.spread)) return describeDegenerate('one-colour', counts);
  if (!(second > STAIN_FLOORS.spread)) return describeDegenerate('rank-deficient', counts);
  const [a, b] = learnStains(tissue, DENSITY).stains;
  if (!(Math.hypot(...cross(a, b)) >= STAIN_FLOORS.stainAngle)) return describeDegenerate('rank-deficient', counts);
  const stains = a[0] < b[0] ? [b, a] : [a, b];
  const maxConcentrations = measureSparseConcentrations(pickPixels(data, MOST_MEASURED), DENSITY, stains);
  return describeFit({ kind: 'stains', stains, maxConcentrations }, counts);
}
