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
 * @throws OptionError for what is no array, and for a corner that is not a pair of integers.
 */
export function createListPlan(slide: PlanSlide, corners: readonly PatchCorner[], options?: PlanOptions): PatchPlan {
  const resolved = resolvePlanOptions(options);
  checkCorners(corners);
  return {
    geometry: computeGeometry(slide, resolved),
    options: resolved,
    candidates: corners.length,
    *[Symbol.iterator](): Generator<PlannedPatch> {
      // Counted, as every patch passes here: `entries` makes four objects more for each.
      for (let index = 0; index < corners.length; index++) {
        const corner = corners[index];
        if (corner) yield { index, x: corner[0], y: corner[1], tissueFraction: 1 };
      }
    },
    count: () => corners.length,
  };
}

/** Callers without types hand over whatever JSON gave them. */
function checkCorners(corners: unknown): void {
  if (!Array.isArray(corners)) throw new OptionError('coords', 'an array of pairs of integers', corners);
  const bad = corners.findIndex((corner: unknown) => !isCorner(corner));
  if (bad >= 0) throw new OptionError('coords', 'pairs of integers, level-0 pixels', corners[bad]);
}

function isCorner(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { 0: x, 1: y, length } = value as ArrayLike<unknown>;
  return length === 2 && Number.isSafeInteger(x) && Number.isSafeInteger(y);
}
