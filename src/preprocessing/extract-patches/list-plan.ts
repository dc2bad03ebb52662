import { OptionError } from '../../utils/errors.ts';
import type { PlanOptions } from './options.ts';
import type { PatchPlan, PlannedPatch } from './patch-plan.ts';
import { computeGeometry } from './plan/geometry.ts';
import type { PlanSlide } from './plan/patch-grid.ts';
import { resolvePlanOptions } from './plan/resolve-options.ts';

/** Level-0 pixel of a patch's top-left corner. */
export type PatchCorner = readonly [x: number, y: number];

/**
 * A plan of corners that the caller chose, in their order; only `size` and `mpp` or `level` of the options have a say.
 * @throws OptionError for a corner that is not a pair of integers.
 */
export function createListPlan(slide: PlanSlide, corners: readonly PatchCorner[], options?: PlanOptions): PatchPlan {
  const resolved = resolvePlanOptions(options);
  const bad = corners.find((corner) => corner.length !== 2 || !corner.every(Number.isSafeInteger));
  if (bad) throw new OptionError('coords', 'pairs of integers, level-0 pixels', bad);
  return {
    geometry: computeGeometry(slide, resolved),
    options: resolved,
    candidates: corners.length,
    *[Symbol.iterator](): Generator<PlannedPatch> {
      for (const [index, [x, y]] of corners.entries()) yield { index, x, y, tissueFraction: 1 };
    },
    count: () => corners.length,
  };
}
