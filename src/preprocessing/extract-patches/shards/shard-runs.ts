import type { PatchCell } from '../patch-cells.ts';
import type { PatchGeometry, PlannedPatch } from '../patch-plan.ts';

/** Of a worker's memory, the share that the pixels of a run may take. */
const SHARE = 1 / 4;

export interface RunLimits {
  /** Most that the patches' corners may lie apart, level-0 pixels: a band of tiles over them fits into a worker. */
  readonly bandWidth: number | undefined;
  readonly patches: number;
}

/** Runs are small enough that a worker's encoded patches, and those that wait for their turn, stay few. */
export function chooseRunLimits(
  { size }: Pick<PatchGeometry, 'size'>,
  { workerMemory, bandWidth }: { workerMemory: number; bandWidth: number | undefined },
): RunLimits {
  return { bandWidth, patches: Math.max(1, Math.floor((workerMemory * SHARE) / (size * size * 3))) };
}

/**
 * Cuts cells into runs for one worker each, in the same order whatever the limits are. A run ends with a row of patches
 * where it can, since the rows of tiles that it shares with the next run are read by both.
 */
export function* splitIntoShardRuns(
  cells: Iterable<PatchCell>,
  limits: RunLimits,
): Generator<readonly PlannedPatch[], void, undefined> {
  for (const { patches } of cells) {
    for (let first = 0; first < patches.length; ) {
      const end = findRunEnd(patches, first, limits);
      yield patches.slice(first, end);
      first = end;
    }
  }
}

/** Whole rows from `first` on, as many as fit; of the first row, which may be too long, what fits. */
function findRunEnd(patches: readonly PlannedPatch[], first: number, limits: RunLimits): number {
  const { bandWidth = Infinity } = limits;
  const most = Math.min(patches.length, first + limits.patches);
  let end = first;
  let left = Infinity;
  let right = -Infinity;
  while (end < patches.length) {
    // Patches of a row lie from left to right.
    const rowEnd = findRowEnd(patches, end);
    left = Math.min(left, getX(patches, end));
    right = Math.max(right, getX(patches, rowEnd - 1));
    if (rowEnd > most || right - left >= bandWidth) break;
    end = rowEnd;
  }
  if (end > first) return end;
  // A patch alone always fits.
  for (end = first + 1; end < most && getX(patches, end) - getX(patches, first) < bandWidth; ) end++;
  return end;
}

function findRowEnd(patches: readonly PlannedPatch[], first: number): number {
  let end = first + 1;
  while (end < patches.length && patches[end]?.y === patches[first]?.y) end++;
  return end;
}

function getX(patches: readonly PlannedPatch[], place: number): number {
  return patches[place]?.x ?? Number.NaN;
}
