import type { EdgeRule } from './edge-rules.ts';
import type { EdgeTable } from './edge-table.ts';
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
import { addInside, createSpans, type OutlinePlace, type ShapePoints, type Spans } from './kernels/row-spans.ts';

/** Finds the runs of pixels of one shape after the other. Not for two users at once: they would share the memory. */
export interface ShapeRasterizer {
  /** Whether no edge of the shape crosses the box's columns, and the whole box lies inside. */
  covers(shape: number, box: PixelBox): boolean;
  /**
   * Calls `emit` with the shape's runs in the box, none to several times; `spans` are only lent. The box's first pixel is
   * number `offset`.
   */
  rasterize(shape: number, box: PixelBox, offset: number, emit: (spans: Spans) => void): void;
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
/** Edges whose outline is found in one go. */
const EDGES_AT_ONCE = 256;

export function createShapeRasterizer(
  table: EdgeTable,
  rule: EdgeRule,
  mask: { readonly width: number; readonly height: number },
): ShapeRasterizer {
  const workshop: Workshop = { table, rule, mask, crossings: createRowCrossings(), spans: createSpans() };
  return {
    covers: (shape, box) => covers(workshop, shape, box),
    rasterize(shape, box, offset, emit) {
      const top = Math.max(box.top, table.boxes[shape * 4 + 1] ?? 0);
      const bottom = Math.min(box.bottom, (table.boxes[shape * 4 + 3] ?? -1) + 1);
      const rows = { left: box.left, top, right: box.right, bottom };
      if (rows.top < rows.bottom)
        rasterizeRows(workshop, shape, rows, offset + (top - box.top) * (box.right - box.left), emit);
    },
  };
}

function covers(workshop: Workshop, shape: number, box: PixelBox): boolean {
  const { table, rule, crossings, spans } = workshop;
  const { boxes } = table;
  if ((boxes[shape * 4] ?? 0) > box.left || (boxes[shape * 4 + 2] ?? 0) < box.right - 1) return false;
  if ((boxes[shape * 4 + 1] ?? 0) > box.top || (boxes[shape * 4 + 3] ?? 0) < box.bottom - 1) return false;
  const rows = box.bottom - box.top;
  const width = box.right - box.left;
  clearRows(crossings, rows);
  if (rule.keep(crossings, getPoints(workshop, shape), find(workshop, shape, box), box) > 0) return false;
  spans.count = 0;
  addInside(spans, crossings, { offset: 0, rows, width }, rule.fill);
  return spans.count === 1 && spans.list[0] === 0 && spans.list[1] === rows * width;
}

function rasterizeRows(
  workshop: Workshop,
  shape: number,
  box: PixelBox,
  offset: number,
  emit: (spans: Spans) => void,
): void {
  const { rule, crossings, spans, mask } = workshop;
  const rows = box.bottom - box.top;
  const width = box.right - box.left;
  const count = find(workshop, shape, box);
  if (count === 0) return;
  const points = getPoints(workshop, shape);
  clearRows(crossings, rows);
  if (rule.outline !== undefined) outline(workshop, points, count, { box, offset, mask }, emit);
  const kept = rule.keep(crossings, points, count, box);
  if (countKeys(crossings, rows) > MAX_KEYS && rows > 1) {
    const { left, top, right, bottom } = box;
    const middle = top + (rows >> 1);
    rasterizeRows(workshop, shape, { left, top, right, bottom: middle }, offset, emit);
    rasterizeRows(workshop, shape, { left, top: middle, right, bottom }, offset + (middle - top) * width, emit);
    return;
  }
  reserveKeys(crossings, rows);
  rule.cross(crossings, points, kept, box);
  sortKeys(crossings, rows);
  spans.count = 0;
  addInside(spans, crossings, { offset, rows, width }, rule.fill);
  if (spans.count > 0) emit(spans);
}

/** Emits what the rule paints along the edges. */
function outline(
  { rule, crossings, spans }: Workshop,
  shape: ShapePoints,
  count: number,
  place: OutlinePlace,
  emit: (spans: Spans) => void,
): void {
  for (let from = 0; from < count; from += EDGES_AT_ONCE) {
    spans.count = 0;
    rule.outline?.(spans, shape, { ids: crossings.ids, from, to: Math.min(count, from + EDGES_AT_ONCE) }, place);
    if (spans.count > 0) emit(spans);
  }
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
