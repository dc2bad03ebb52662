import { type BoxGrid, colOf, createBoxGrid, createCellGrid, rowOf } from './box-grid.ts';

/** Entries of a grid that are always allowed, and per box. */
const LEAST_ENTRIES = 2 ** 20;
const ENTRIES_PER_BOX = 16;

/**
 * A grid of at most `across` cells a side, and of fewer where large boxes would fill all memory: a box has an entry in every
 * cell that it meets, and nobody knows what is drawn.
 */
export function createBoundedGrid(boxes: Float64Array, across: number): BoxGrid {
  const most = Math.max(LEAST_ENTRIES, (boxes.length / 4) * ENTRIES_PER_BOX);
  let cells = across;
  while (cells > 1 && countEntries(boxes, cells) > most) cells = Math.ceil(cells / 2);
  return createBoxGrid(boxes, cells, cells);
}

function countEntries(boxes: Float64Array, across: number): number {
  const cells = createCellGrid(boxes, across, across);
  let count = 0;
  for (let k = 0; k < boxes.length; k += 4) {
    const cols = colOf(cells, boxes[k + 2]!) - colOf(cells, boxes[k]!) + 1;
    const rows = rowOf(cells, boxes[k + 3]!) - rowOf(cells, boxes[k + 1]!) + 1;
    count += cols * rows;
  }
  return count;
}
