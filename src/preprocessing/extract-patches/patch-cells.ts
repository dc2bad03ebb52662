import { HeldPatches } from './held-patches.ts';
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
  const held = new HeldPatches();
  let lastRow = 0;
  for (const patch of plan) {
    const row = Math.floor(patch.y / height);
    // Half a window is enough to be worth a flush; rows shorter than that are gathered with the next.
    if (held.count >= window || (row !== lastRow && held.count >= window / 2)) {
      yield* splitIntoCells(held, options);
      held.clear();
    }
    held.add(patch);
    lastRow = row;
  }
  yield* splitIntoCells(held, options);
}

function* splitIntoCells(held: HeldPatches, size: CellOptions): Generator<PatchCell> {
  const cells = numberCells(held, size);
  const order = sortIntoCells(held, cells);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && cells[order[end] ?? 0] === cells[order[start] ?? 0]) end++;
    yield { patches: held.list(order.subarray(start, end)) };
    start = end;
  }
}

/** Columns of cells in a row of them, more than there can be. */
const ROW = 2 ** 26;

/** For each held patch the number of its cell: row by row, in each from the left. */
function numberCells(held: HeldPatches, { width, height }: CellOptions): Float64Array {
  const cells = new Float64Array(held.count);
  for (let place = 0; place < cells.length; place++)
    cells[place] = Math.floor(held.getY(place) / height) * ROW + Math.floor(held.getX(place) / width);
  return cells;
}

/** Places of the held patches: cell after cell, and in each from the top. */
function sortIntoCells(held: HeldPatches, cells: Float64Array): Uint32Array {
  const order = new Uint32Array(cells.length);
  for (let place = 0; place < order.length; place++) order[place] = place;
  return order.sort(
    (a, b) =>
      (cells[a] ?? 0) - (cells[b] ?? 0) ||
      held.getY(a) - held.getY(b) ||
      held.getX(a) - held.getX(b) ||
      held.getIndex(a) - held.getIndex(b),
  );
}
