/** Two stains whose concentrations are never negative, as StainTools has them: a lasso with a penalty of 0.01. */
import { computePercentile } from './kernels/percentile.ts';
import { computeSparsePair, recomposeSparsePair } from './kernels/sparse-pair.ts';
import type { PixelTransform, StainVectors, Vector3 } from './stain-method.ts';
import { getStrengthRatios } from './stain-vectors.ts';
import { scale } from './vectors.ts';

const PENALTY = 0.01;
const FULL_STRENGTH = 99;

/** The 99th percentile of each stain's concentration over all pixels. `stains` are two. */
export function measureSparseConcentrations(
  rgb: Uint8Array,
  density: Float64Array,
  stains: readonly Vector3[],
): [number, number] {
  const both = [new Float64Array(rgb.length / 3), new Float64Array(rgb.length / 3)] as const;
  computeSparsePair(rgb, density, { stains: Float64Array.from(stains.flat()), penalty: PENALTY }, both);
  return [computePercentile(both[0], FULL_STRENGTH), computePercentile(both[1], FULL_STRENGTH)];
}

/** White is 255. */
export function createSparseTransform(
  density: Float64Array,
  source: StainVectors,
  target: StainVectors,
): PixelTransform {
  const problem = { stains: Float64Array.from(source.stains.flat()), penalty: PENALTY };
  const ratios = getStrengthRatios(source, target);
  const scaled = target.stains.flatMap((stain, k) => [...scale(stain, ratios[k] ?? 1)]);
  const put = { target: Float64Array.from(scaled), intensity: 255 };
  return ({ data }, out) => recomposeSparsePair(data, density, problem, put, out);
}
