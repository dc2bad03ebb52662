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
  const order = sortIntoCells(held, size);
  for (let start = 0; start < order.length; ) {
    const end = findCellEnd(held, order, { ...size, start });
    yield { patches: held.list(order.subarray(start, end)) };
    start = end;
  }
}

/** Places of the held patches: cell after cell, and in each from the top. */
function sortIntoCells(held: HeldPatches, { width, height }: CellOptions): Uint32Array {
  const rowOf = (place: number) => Math.floor(held.getY(place) / height);
  const columnOf = (place: number) => Math.floor(held.getX(place) / width);
  const order = Uint32Array.from({ length: held.count }, (_, place) => place);
  return order.sort(
    (a, b) =>
      rowOf(a) - rowOf(b) ||
      columnOf(a) - columnOf(b) ||
      held.getY(a) - held.getY(b) ||
      held.getX(a) - held.getX(b) ||
      held.getIndex(a) - held.getIndex(b),
  );
}

function findCellEnd(
  held: HeldPatches,
  order: Uint32Array,
  { start, width, height }: CellOptions & { start: number },
): number {
  const first = order[start] ?? 0;
  const row = Math.floor(held.getY(first) / height);
  const column = Math.floor(held.getX(first) / width);
  for (let end = start + 1; end < order.length; end++) {
    const place = order[end] ?? 0;
    if (Math.floor(held.getY(place) / height) !== row || Math.floor(held.getX(place) / width) !== column) return end;
  }
  return order.length;
}
