import { shareTiles } from './cell-bands.ts';
import type { PatchCell } from './patch-cells.ts';
import type { PlannedPatch } from './patch-plan.ts';
import { listWindows, type PatchSampling } from './patch-sampling.ts';

/**
 * Pixels of a job; at least one patch. Where tiles lie under two patches, those at the seam of two jobs are read twice: such
 * jobs are larger.
 */
const JOB_BYTES = { apart: 4 * 2 ** 20, shared: 8 * 2 ** 20 } as const;

export interface DivideOptions {
  /** Undefined where the slide reads its own regions. */
  readonly sampling: PatchSampling | undefined;
  readonly size: number;
  /** Bytes of a patch in its buffer. */
  readonly patchBytes: number;
}

/** The patches of one job after the other; those of a cell in equal shares. */
export function* divideCells(
  cells: Iterable<PatchCell>,
  { sampling, size, patchBytes }: DivideOptions,
): Generator<readonly PlannedPatch[]> {
  for (const { patches } of cells) {
    const apart = sampling && !shareTiles(sampling.layout, listWindows(patches, size, sampling));
    const most = countPatches(apart ? JOB_BYTES.apart : JOB_BYTES.shared, patchBytes);
    const share = Math.ceil(patches.length / Math.ceil(patches.length / most));
    for (let first = 0; first < patches.length; first += share) yield patches.slice(first, first + share);
  }
}

/** The most patches that a job has. */
export function getLargestJob(patchBytes: number): number {
  return countPatches(JOB_BYTES.shared, patchBytes);
}

function countPatches(jobBytes: number, patchBytes: number): number {
  return Math.max(1, Math.floor(jobBytes / patchBytes));
}
