/** Two stains whose concentrations are never negative, as StainTools has them: a lasso with a penalty of 0.01. */
import { CONCENTRATION_PENALTY, recomposeSparsePair } from '../kernels/sparse-pair.ts';
import type { PixelTransform, StainVectors } from '../stain-method.ts';
import { getStrengthRatios } from '../vectors/stain-vectors.ts';
import { scale } from '../vectors/vectors.ts';

/** White is 255. */
export function createSparseTransform(
  density: Float64Array,
  source: StainVectors,
  target: StainVectors,
): PixelTransform {
  const problem = { stains: Float64Array.from(source.stains.flat()), penalty: CONCENTRATION_PENALTY };
  const ratios = getStrengthRatios(source, target);
  const scaled = target.stains.flatMap((stain, k) => [...scale(stain, ratios[k] ?? 1)]);
  const put = { target: Float64Array.from(scaled), intensity: 255 };
  return ({ data }, out) => recomposeSparsePair(data, density, problem, put, out);
}
