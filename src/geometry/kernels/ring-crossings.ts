import type { Box, Ring } from '../polygon.ts';
import { createBoundedGrid } from './bounded-grid.ts';
import { type BoxGrid, visitBoxGrid } from './box-grid.ts';
import { computeEdgeBoxes } from './edge-boxes.ts';

/** The edges of a ring in a grid: what crosses what is asked of neighbours only. */
export interface EdgeGrid {
  readonly ring: Ring;
  readonly grid: BoxGrid;
}

const MAX_ACROSS = 1024;
/** Pairs of edges that are compared per edge, and at least in all, before a question is given up: seconds. */
const PAIRS_PER_EDGE = 512;
const LEAST_PAIRS = 2 ** 20;

/** An outline passes through about as many cells as a side has, so a cell gets some eight edges or more. */
export function createEdgeGrid(ring: Ring): EdgeGrid {
  const across = Math.min(MAX_ACROSS, Math.max(1, Math.ceil(ring.length / 16)));
  return { ring, grid: createBoundedGrid(computeEdgeBoxes(ring), across) };
}

/**
 * Whether an edge of one ring crosses an edge of the other at a point inside both edges; touching is no crossing. Rings
 * drawn so that nearly all pairs of edges lie together count as crossing once there were too many.
 */
export function ringsCross(a: EdgeGrid, b: Ring): boolean {
  const edges = b.length / 2;
  const budget = { left: countPairs(edges + a.ring.length / 2) };
  for (let k = 0; k < edges; k++) {
    const box = edgeBox(b, k);
    const crossed = visitBoxGrid(a.grid, box, (edge) => {
      if (--budget.left < 0) return true;
      return meetsBox(a.grid.boxes, edge, box) && crossProperly(a.ring, edge, b, k);
    });
    if (crossed) return true;
  }
  return false;
}

/** Pairs of edges that are compared before a question is given up. */
export function countPairs(edges: number): number {
  return Math.max(LEAST_PAIRS, edges * PAIRS_PER_EDGE);
}

function meetsBox(boxes: Float64Array, k: number, { left, top, right, bottom }: Box): boolean {
  const at = k * 4;
  return boxes[at]! <= right && boxes[at + 2]! >= left && boxes[at + 1]! <= bottom && boxes[at + 3]! >= top;
}

/** Whether two edges cross at a point inside both. */
export function crossProperly(a: Ring, edgeA: number, b: Ring, edgeB: number): boolean {
  const p = edgeA * 2;
  const q = p + 2 === a.length ? 0 : p + 2;
  const r = edgeB * 2;
  const s = r + 2 === b.length ? 0 : r + 2;
  return turn(a, p, q, b, r) * turn(a, p, q, b, s) < 0 && turn(b, r, s, a, p) * turn(b, r, s, a, q) < 0;
}

/** Sign of the turn from edge p-q of `ring` to vertex r of `other`. */
export function turn(ring: Ring, p: number, q: number, other: Ring, r: number): number {
  const dx = ring[q]! - ring[p]!;
  const dy = ring[q + 1]! - ring[p + 1]!;
  return Math.sign(dx * (other[r + 1]! - ring[p + 1]!) - dy * (other[r]! - ring[p]!));
}

function edgeBox(ring: Ring, edge: number): Box {
  const next = ((edge + 1) * 2) % ring.length;
  const x0 = ring[edge * 2]!;
  const y0 = ring[edge * 2 + 1]!;
  const x1 = ring[next]!;
  const y1 = ring[next + 1]!;
  return { left: Math.min(x0, x1), top: Math.min(y0, y1), right: Math.max(x0, x1), bottom: Math.max(y0, y1) };
}
