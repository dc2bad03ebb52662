import type { PlannedPatch } from './patch-plan.ts';

/**
 * Patches that lie together on the slide: what one worker cuts at a time. Row by row from the top, so that a band of
 * decoded tiles slides down the cell and no tile is decoded twice in it.
 */
export interface PatchCell {
  readonly patches: readonly PlannedPatch[];
}

export interface CellOptions {
  /** Sides of a cell, level-0 pixels. */
  readonly width: number;
  readonly height: number;
  /** Patches held at once, at most: the bound on memory. */
  readonly window?: number;
}

export const CELL_WINDOW = 8192;

/**
 * Groups a plan into cells, lazily. Patches are taken by the corner, each once. Cells come in file order (row by row) as far
 * as the window reaches: a plan in row order is cut at whole rows of cells wherever these fit into the window.
 */
export function* groupIntoCells(plan: Iterable<PlannedPatch>, options: CellOptions): Generator<PatchCell> {
  const { window = CELL_WINDOW, height } = options;
  let held: PlannedPatch[] = [];
  for (const patch of plan) {
    const last = held[held.length - 1];
    const newRow = last !== undefined && Math.floor(patch.y / height) !== Math.floor(last.y / height);
    // Half a window is enough to be worth a flush; rows shorter than that are gathered with the next.
    if (held.length >= window || (newRow && held.length >= window / 2)) {
      yield* splitIntoCells(held, options);
      held = [];
    }
    held.push(patch);
  }
  yield* splitIntoCells(held, options);
}

function* splitIntoCells(patches: readonly PlannedPatch[], { width, height }: CellOptions): Generator<PatchCell> {
  const cells = new Map<string, { row: number; col: number; patches: PlannedPatch[] }>();
  for (const patch of patches) {
    const row = Math.floor(patch.y / height);
    const col = Math.floor(patch.x / width);
    const key = `${row}/${col}`;
    const cell = cells.get(key);
    if (cell) cell.patches.push(patch);
    else cells.set(key, { row, col, patches: [patch] });
  }
  const ordered = [...cells.values()].sort((a, b) => a.row - b.row || a.col - b.col);
  for (const cell of ordered)
    yield { patches: cell.patches.sort((a, b) => a.y - b.y || a.x - b.x || a.index - b.index) };
}
