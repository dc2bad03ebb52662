/** The two stains of Macenko's plane: extreme directions of the optical densities in the plane of largest spread. */

import { computeSymmetricEigen } from '../kernels/symmetric-eigen.ts';
import { STAIN_FLOORS } from '../options.ts';
import type { DegenerateReason, Vector3 } from '../stain-method.ts';
import { add, cross, dot, scale, vectorAt } from '../vectors/vectors.ts';
import { findPlaneAngles } from './find-plane-angles.ts';
import type { TissueMoments, TissuePixels } from './measure-tissue.ts';

/** Of the densities, measured along two axes: the angles at `alpha` percent and at 100 less it, in radians. */
export type FindAngles = (axes: readonly [Vector3, Vector3], alpha: number) => readonly [number, number];

export interface PlaneInput {
  readonly tissue: TissuePixels;
  readonly moments: TissueMoments;
  readonly density: Float64Array;
  /** Percent: the stains lie at this percentile of the angles and at 100 less it. */
  readonly alpha: number;
  readonly findAngles?: FindAngles | undefined;
}

/** Unit vectors, the one with more red (haematoxylin) first; or why there are none. */
export type PlaneFit = { readonly stains: readonly [Vector3, Vector3] } | { readonly reason: DegenerateReason };

/** Source: M. Macenko et al., ISBI 2009, 1107-1110. */
export function fitStainPlane({ tissue, moments, density, alpha, findAngles }: PlaneInput): PlaneFit {
  const { values, vectors } = computeSymmetricEigen(moments.covariance);
  const [, second = 0, first = 0] = values;
  if (!(first > STAIN_FLOORS.spread)) return { reason: 'one-colour' };
  if (!(second > STAIN_FLOORS.spread)) return { reason: 'rank-deficient' };
  const x = orient(vectorAt(vectors, 6), moments.mean);
  const y = vectorAt(vectors, 3);
  const ends = findAngles
    ? findAngles([x, y], alpha)
    : findPlaneAngles({ ...tissue, tissuePixels: moments.count, density, alpha }, [x, y]);
  return orderStains(ends.map((angle) => add(scale(x, Math.cos(angle)), scale(y, Math.sin(angle)))));
}

/**
 * The main axis points the way of the densities, so that no angle lies near the seam of the circle. One of its components need
 * not do so: in pictures of little haematoxylin red falls where green and blue rise.
 */
function orient(axis: Vector3, mean: Vector3): Vector3 {
  return dot(axis, mean) < 0 ? scale(axis, -1) : axis;
}

function orderStains([low, high]: readonly Vector3[]): PlaneFit {
  if (!low || !high || Math.hypot(...cross(low, high)) < STAIN_FLOORS.stainAngle) return { reason: 'rank-deficient' };
  return { stains: low[0] > high[0] ? [low, high] : [high, low] };
}
