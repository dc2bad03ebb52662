import type { Box } from '../polygon.ts';

/**
 * Boxes sorted into the cells of a uniform grid, so that a query looks only at what lies near. Immutable; memory is
 * 32 bytes a box and 4 bytes for each cell that a box overlaps.
 */
export interface BoxGrid {
  /** left, top, right, bottom of each box, closed. */
  readonly boxes: Float64Array;
  readonly cells: CellGrid;
  /** Items of cell c are `items[start[c] .. start[c + 1])`, ascending. */
  readonly start: Uint32Array;
  readonly items: Uint32Array;
}

/** Which cell a coordinate falls into; what lies outside belongs to the border cells. */
export interface CellGrid {
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly cols: number;
  readonly rows: number;
}

export function createBoxGrid(boxes: Float64Array, cols: number, rows: number): BoxGrid {
  const cells = createCellGrid(boxes, cols, rows);
  const start = new Uint32Array(cols * rows + 1);
  forEachCell(boxes, cells, (cell) => {
    start[cell + 1]!++;
  });
  for (let cell = 0; cell < cols * rows; cell++) start[cell + 1]! += start[cell]!;
  const items = new Uint32Array(start[cols * rows]!);
  const next = start.slice();
  forEachCell(boxes, cells, (cell, item) => {
    items[next[cell]!++] = item;
  });
  return { boxes, cells, start, items };
}

export function createCellGrid(boxes: Float64Array, cols: number, rows: number): CellGrid {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < boxes.length; i += 4) {
    left = Math.min(left, boxes[i]!);
    top = Math.min(top, boxes[i + 1]!);
    right = Math.max(right, boxes[i + 2]!);
    bottom = Math.max(bottom, boxes[i + 3]!);
  }
  const cellWidth = right > left ? (right - left) / cols : 1;
  const cellHeight = bottom > top ? (bottom - top) / rows : 1;
  return { left, top, cellWidth, cellHeight, cols, rows };
}

export function colOf(cells: CellGrid, x: number): number {
  return Math.min(cells.cols - 1, Math.max(0, Math.floor((x - cells.left) / cells.cellWidth)));
}

export function rowOf(cells: CellGrid, y: number): number {
  return Math.min(cells.rows - 1, Math.max(0, Math.floor((y - cells.top) / cells.cellHeight)));
}

/**
 * Calls `visit` once for each item that shares a cell with `box` (so: for each that meets it, and for some that don't),
 * until one returns true; returns whether one did.
 */
export function visitBoxGrid(grid: BoxGrid, box: Box, visit: (item: number) => boolean): boolean {
  const { boxes, cells, start, items } = grid;
  if (items.length === 0) return false;
  const firstCol = colOf(cells, box.left);
  const lastCol = colOf(cells, box.right);
  const firstRow = rowOf(cells, box.top);
  const lastRow = rowOf(cells, box.bottom);
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) {
      const cell = row * cells.cols + col;
      for (let k = start[cell]!; k < start[cell + 1]!; k++) {
        const item = items[k]!;
        // An item in several cells is reported from the first of them that the query sees.
        if (row !== firstRow && rowOf(cells, boxes[item * 4 + 1]!) !== row) continue;
        if (col !== firstCol && colOf(cells, boxes[item * 4]!) !== col) continue;
        if (visit(item)) return true;
      }
    }
  }
  return false;
}

function forEachCell(boxes: Float64Array, cells: CellGrid, visit: (cell: number, item: number) => void): void {
  for (let item = 0; item * 4 < boxes.length; item++) {
    const lastCol = colOf(cells, boxes[item * 4 + 2]!);
    const lastRow = rowOf(cells, boxes[item * 4 + 3]!);
    for (let row = rowOf(cells, boxes[item * 4 + 1]!); row <= lastRow; row++)
      for (let col = colOf(cells, boxes[item * 4]!); col <= lastCol; col++) visit(row * cells.cols + col, item);
  }
}
