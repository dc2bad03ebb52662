import { type BoxGrid, createBoxGrid } from '../../../geometry/kernels/box-grid.ts';
import { measureBoxes } from './kernels/box-lists.ts';

/** About so many boxes begin in a cell. */
const BOXES_PER_CELL = 8;
const MAX_CELLS_ACROSS = 1024;
/** Cells are made larger until boxes lie in so many of them on average, so that memory stays a multiple of the boxes'. */
const MAX_CELLS_OF_BOX = 8;

/** Sorts boxes (left, top, right, bottom of each) into a grid whose cells are about square and hold a few each. */
export function indexBoxes(corners: Float64Array): BoxGrid {
  const count = corners.length / 4;
  const { widths, heights, width, height } = measureBoxes(corners);
  const side = Math.sqrt((Math.max(1, width) * Math.max(1, height) * BOXES_PER_CELL) / Math.max(1, count));
  for (let cell = side; ; cell *= 2) {
    const [cols, rows] = [countCells(width, cell), countCells(height, cell)];
    const covered = (widths / count / (width / cols) + 1) * (heights / count / (height / rows) + 1);
    if (!(covered > MAX_CELLS_OF_BOX) || cols * rows === 1) return createBoxGrid(corners, cols, rows);
  }
}

function countCells(length: number, cell: number): number {
  return Math.min(MAX_CELLS_ACROSS, Math.max(1, Math.ceil(length / cell)));
}
