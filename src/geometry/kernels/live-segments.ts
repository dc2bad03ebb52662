import type { Box } from '../polygon.ts';
import { type BoxGrid, type CellGrid, colOf, createBoxGrid, rowOf, visitBoxGrid } from './box-grid.ts';
import { meetInside, type Segment } from './segment.ts';

/**
 * The segments of a drawing while it is being simplified: the original ones, less those already replaced, and the new
 * ones. Original segment k joins `ends[2k]` and `ends[2k + 1]` of `points`.
 */
export interface LiveSegments {
  readonly points: Float64Array;
  readonly ends: Uint32Array;
  readonly original: BoxGrid;
  readonly replaced: Uint8Array;
  readonly added: Segment[][];
}

const MAX_CELLS_ACROSS = 1024;

export function createLiveSegments(points: Float64Array, ends: Uint32Array): LiveSegments {
  const count = ends.length / 2;
  const boxes = new Float64Array(count * 4);
  for (let k = 0; k < count; k++) {
    const box = boxOf(points, { from: ends[k * 2]!, to: ends[k * 2 + 1]! });
    boxes.set([box.left, box.top, box.right, box.bottom], k * 4);
  }
  const across = Math.min(MAX_CELLS_ACROSS, Math.max(1, Math.ceil(Math.sqrt(count))));
  const original = createBoxGrid(boxes, across, across);
  const added = Array.from({ length: across * across }, () => []);
  return { points, ends, original, replaced: new Uint8Array(count), added };
}

/** Whether `segment` meets, elsewhere than at shared ends, any live segment but the originals [first, end). */
export function hitsOther(live: LiveSegments, segment: Segment, except: { first: number; end: number }): boolean {
  const { points, ends, replaced } = live;
  const box = boxOf(points, segment);
  const hitsAdded = someCell(live.original.cells, box, (cell) =>
    live.added[cell]!.some((other) => meetInside(points, other, segment)),
  );
  if (hitsAdded) return true;
  return visitBoxGrid(live.original, box, (k) => {
    if (replaced[k] === 1 || (k >= except.first && k < except.end)) return false;
    return meetInside(points, { from: ends[k * 2]!, to: ends[k * 2 + 1]! }, segment);
  });
}

/** Puts `segment` in the place of the originals [first, end). */
export function replaceSegments(live: LiveSegments, segment: Segment, range: { first: number; end: number }): void {
  live.replaced.fill(1, range.first, range.end);
  someCell(live.original.cells, boxOf(live.points, segment), (cell) => {
    live.added[cell]!.push(segment);
    return false;
  });
}

function boxOf(points: Float64Array, { from, to }: Segment): Box {
  const x0 = points[from * 2]!;
  const y0 = points[from * 2 + 1]!;
  const x1 = points[to * 2]!;
  const y1 = points[to * 2 + 1]!;
  return { left: Math.min(x0, x1), top: Math.min(y0, y1), right: Math.max(x0, x1), bottom: Math.max(y0, y1) };
}

function someCell(cells: CellGrid, box: Box, test: (cell: number) => boolean): boolean {
  const lastCol = colOf(cells, box.right);
  const lastRow = rowOf(cells, box.bottom);
  for (let row = rowOf(cells, box.top); row <= lastRow; row++)
    for (let col = colOf(cells, box.left); col <= lastCol; col++) if (test(row * cells.cols + col)) return true;
  return false;
}
