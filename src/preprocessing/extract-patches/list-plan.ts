import { createHash } from 'node:crypto';
import { OptionError } from '../../utils/errors.ts';
import type { PlanOptions } from './options.ts';
import type { PatchPlan, PlannedPatch } from './patch-plan.ts';
import { computeGeometry } from './plan/geometry.ts';
import type { PlanSlide } from './plan/patch-grid.ts';
import { resolvePlanOptions } from './plan/resolve-options.ts';

/** Level-0 pixel of a patch's top-left corner. */
export type PatchCorner = readonly [x: number, y: number];

/**
 * Corners of patches: pairs, or for very many `x, y` after `x, y` in a typed array, which takes 8 bytes a patch where a pair
 * takes 64 and is gone through at each collection.
 */
export type PatchCorners = readonly PatchCorner[] | Int32Array | Float64Array;

/**
 * A plan of corners that the caller chose, in their order; only `size` and `mpp` or `level` of the options have a say.
 * @throws OptionError for what is no array, for a corner that is not a pair of integers, and for a typed array of odd length.
 */
export function createListPlan(slide: PlanSlide, corners: PatchCorners, options?: PlanOptions): PatchPlan {
  const resolved = resolvePlanOptions(options);
  checkCorners(corners);
  const count = countCorners(corners);
  return {
    geometry: computeGeometry(slide, resolved),
    options: resolved,
    candidates: count,
    *[Symbol.iterator](): Generator<PlannedPatch> {
      // Counted, as every patch passes here: `entries` makes four objects more for each.
      for (let index = 0; index < count; index++) {
        yield { index, x: readCorner(corners, index, 0), y: readCorner(corners, index, 1), tissueFraction: 1 };
      }
    },
    count: () => count,
  };
}

/** What stands for corners in a record; the same for pairs and for a typed array. SHA-256 over the pairs as JSON. */
export function describeCorners(corners: PatchCorners): { readonly count: number; readonly sha256: string } {
  const count = countCorners(corners);
  const hash = createHash('sha256').update('[');
  for (let first = 0; first < count; first += HASHED) {
    // A part at a time: as one text the corners of a large slide would take megabytes.
    let text = '';
    for (let index = first; index < Math.min(count, first + HASHED); index++) {
      text += `${index === 0 ? '' : ','}[${readCorner(corners, index, 0)},${readCorner(corners, index, 1)}]`;
    }
    hash.update(text);
  }
  return { count, sha256: hash.update(']').digest('hex') };
}

const HASHED = 1024;

function countCorners(corners: PatchCorners): number {
  return isFlat(corners) ? corners.length / 2 : corners.length;
}

function readCorner(corners: PatchCorners, index: number, axis: 0 | 1): number {
  // Checked before: neither is ever missing.
  return (isFlat(corners) ? corners[2 * index + axis] : corners[index]?.[axis]) ?? 0;
}

function isFlat(corners: unknown): corners is Int32Array | Float64Array {
  return corners instanceof Int32Array || corners instanceof Float64Array;
}

/** Callers without types hand over whatever JSON gave them. */
function checkCorners(corners: unknown): void {
  if (isFlat(corners)) {
    if (corners.length % 2 !== 0) throw new OptionError('coords', 'an even number of integers', corners.length);
    const bad = corners.findIndex((value) => !Number.isSafeInteger(value));
    if (bad >= 0) throw new OptionError('coords', 'integers, level-0 pixels', corners[bad]);
    return;
  }
  if (!Array.isArray(corners)) throw new OptionError('coords', 'an array of pairs of integers', corners);
  const bad = corners.findIndex((corner: unknown) => !isCorner(corner));
  if (bad >= 0) throw new OptionError('coords', 'pairs of integers, level-0 pixels', corners[bad]);
}

function isCorner(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { 0: x, 1: y, length } = value as ArrayLike<unknown>;
  return length === 2 && Number.isSafeInteger(x) && Number.isSafeInteger(y);
}
