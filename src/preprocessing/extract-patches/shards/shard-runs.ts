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
    const run = new Run(limits);
    for (const row of splitIntoRows(patches)) {
      if (!run.isEmpty && !run.hasRoomFor(row)) yield run.take();
      for (const patch of row) {
        if (!run.isEmpty && !run.hasRoomFor([patch])) yield run.take();
        run.add(patch);
      }
    }
    if (!run.isEmpty) yield run.take();
  }
}

/** Patches so far, and where the outermost of their corners lie. */
class Run {
  readonly #limits: RunLimits;
  #patches: PlannedPatch[] = [];
  #left = Infinity;
  #right = -Infinity;

  constructor(limits: RunLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#patches.length === 0;
  }

  /** Of patches of one row, from left to right. */
  hasRoomFor(row: readonly PlannedPatch[]): boolean {
    const { bandWidth = Infinity, patches } = this.#limits;
    const left = Math.min(this.#left, row[0]?.x ?? Infinity);
    const right = Math.max(this.#right, row[row.length - 1]?.x ?? -Infinity);
    return this.#patches.length + row.length <= patches && right - left < bandWidth;
  }

  add(patch: PlannedPatch): void {
    this.#patches.push(patch);
    this.#left = Math.min(this.#left, patch.x);
    this.#right = Math.max(this.#right, patch.x);
  }

  take(): readonly PlannedPatch[] {
    const patches = this.#patches;
    this.#patches = [];
    this.#left = Infinity;
    this.#right = -Infinity;
    return patches;
  }
}

/** Cells go row by row from the left. */
function splitIntoRows(patches: readonly PlannedPatch[]): PlannedPatch[][] {
  const rows: PlannedPatch[][] = [];
  for (const patch of patches) {
    const last = rows[rows.length - 1];
    if (last?.[0]?.y === patch.y) last.push(patch);
    else rows.push([patch]);
  }
  return rows;
}
