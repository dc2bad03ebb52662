import type { EdgeRule } from './edge-rules.ts';
import type { EdgeTable } from './edge-table.ts';
import { type Canvas, paintSpans } from './kernels/canvas.ts';
import { findEdges } from './kernels/edge-bands.ts';
import {
  clearRows,
  countKeys,
  createRowCrossings,
  type PixelBox,
  type RowCrossings,
  reserveEdges,
  reserveKeys,
  sortKeys,
} from './kernels/row-crossings.ts';
import { createSpans, listInside, type ShapePoints, type Spans } from './kernels/row-spans.ts';

/** Finds the pixels of one shape after the other. Not for two users at once: they would share the memory. */
export interface ShapeRasterizer {
  /** Whether no edge of the shape crosses the box's columns, and the whole box lies inside. */
  covers(shape: number, box: PixelBox): boolean;
  /**
   * Calls `take` with the runs inside the shape, none to several times, from the left to the right and row by row; `spans`
   * are only lent. The box's first pixel is number `offset`. What a rule paints along the edges is not among them.
   */
  listInside(shape: number, box: PixelBox, offset: number, take: (spans: Spans) => void): void;
  /** Paints the shape on the canvas, which is asked for where there is something to paint. */
  paint(shape: number, box: PixelBox, offset: number, begin: () => Canvas): void;
}

/** What one shape rasteriser works with. Its memory grows with the edges that meet a box, and up to `MAX_KEYS`. */
interface Workshop {
  readonly table: EdgeTable;
  readonly rule: EdgeRule;
  readonly mask: { readonly width: number; readonly height: number };
  readonly crossings: RowCrossings;
  readonly spans: Spans;
}

/** Crossings that are sorted in one go: where edges cross more often, a box is halved. */
const MAX_KEYS = 1 << 20;

export function createShapeRasterizer(
  table: EdgeTable,
  rule: EdgeRule,
  mask: { readonly width: number; readonly height: number },
): ShapeRasterizer {
  const workshop: Workshop = { table, rule, mask, crossings: createRowCrossings(), spans: createSpans() };
  return {
    covers: (shape, box) => covers(workshop, shape, box),
    listInside(shape, box, offset, take) {
      const { rows, before } = cutRows(table, shape, box);
      const count = rows.top < rows.bottom ? find(workshop, shape, rows) : 0;
      if (count > 0) rasterizeRows(workshop, { shape, count, box: rows, offset: offset + before }, take);
    },
    paint(shape, box, offset, begin) {
      const { rows, before } = cutRows(table, shape, box);
      const count = rows.top < rows.bottom ? find(workshop, shape, rows) : 0;
      if (count === 0) return;
      const part = { shape, count, box: rows, offset: offset + before };
      const { ids } = workshop.crossings;
      rule.outline?.(begin(), getPoints(workshop, shape), { ids, count }, { box: rows, offset: part.offset, mask });
      rasterizeRows(workshop, part, (spans) => paintSpans(begin(), spans));
    },
  };
}

/** The box's rows that the shape reaches, and the pixels before them. */
function cutRows({ boxes }: EdgeTable, shape: number, box: PixelBox): { rows: PixelBox; before: number } {
  const { left, right } = box;
  const top = Math.max(box.top, boxes[shape * 4 + 1] ?? 0);
  const bottom = Math.min(box.bottom, (boxes[shape * 4 + 3] ?? -1) + 1);
  return { rows: { left, top, right, bottom }, before: (top - box.top) * (right - left) };
}

function covers(workshop: Workshop, shape: number, box: PixelBox): boolean {
  const { table, rule, crossings, spans } = workshop;
  const { boxes } = table;
  if ((boxes[shape * 4] ?? 0) > box.left || (boxes[shape * 4 + 2] ?? 0) < box.right - 1) return false;
  if ((boxes[shape * 4 + 1] ?? 0) > box.top || (boxes[shape * 4 + 3] ?? 0) < box.bottom - 1) return false;
  const rows = box.bottom - box.top;
  const width = box.right - box.left;
  const count = find(workshop, shape, box);
  clearRows(crossings, rows);
  if (rule.keep(crossings, getPoints(workshop, shape), count, box) > 0) return false;
  listInside(spans, crossings, { offset: 0, rows, width }, rule.fill);
  return spans.count === 1 && spans.list[0] === 0 && spans.list[1] === rows * width;
}

/** Rows of a box, whose first `count` edges of the shape are listed in the crossings. */
interface ShapePart {
  readonly shape: number;
  readonly count: number;
  readonly box: PixelBox;
  /** Pixels before the first row. */
  readonly offset: number;
}

function rasterizeRows(workshop: Workshop, part: ShapePart, take: (spans: Spans) => void): void {
  const { rule, crossings, spans } = workshop;
  const { shape, count, box, offset } = part;
  const rows = box.bottom - box.top;
  const width = box.right - box.left;
  const points = getPoints(workshop, shape);
  clearRows(crossings, rows);
  const kept = rule.keep(crossings, points, count, box);
  if (countKeys(crossings, rows) > MAX_KEYS && rows > 1) {
    const { left, top, right, bottom } = box;
    const middle = top + (rows >> 1);
    for (const half of [
      { left, top, right, bottom: middle },
      { left, top: middle, right, bottom },
    ])
      rasterizeRows(
        workshop,
        { shape, count: find(workshop, shape, half), box: half, offset: offset + (half.top - top) * width },
        take,
      );
    return;
  }
  reserveKeys(crossings, rows);
  rule.cross(crossings, points, kept, box);
  sortKeys(crossings, rows);
  listInside(spans, crossings, { offset, rows, width }, rule.fill);
  if (spans.count > 0) take(spans);
}

/** Only rule `nonzero` tells holes from the exterior. */
function getPoints({ table, rule }: Workshop, shape: number): ShapePoints {
  const { points, rings, shapes } = table;
  return { points, holesFrom: rule.fill.nonzero ? (rings[(shapes[shape] ?? 0) + 1] ?? Infinity) : Infinity };
}

/** Lists the shape's edges that reach the box's rows; returns their number. */
function find({ table, crossings }: Workshop, shape: number, box: PixelBox): number {
  const { bands, points, reach } = table;
  const count = findEdges(bands, points, shape, reach, box, crossings.ids);
  if (count <= crossings.ids.length) return count;
  reserveEdges(crossings, count);
  return findEdges(bands, points, shape, reach, box, crossings.ids);
}
