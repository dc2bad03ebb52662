import { type BoxGrid, createBoxGrid, visitBoxGrid } from '../../../geometry/kernels/box-grid.ts';
import { computeEdgeBoxes } from '../../../geometry/kernels/edge-boxes.ts';
import type { Box, Ring } from '../../../geometry/polygon.ts';

/** The edges of a ring in a grid: what crosses what is asked of neighbours only. */
export interface EdgeGrid {
  readonly ring: Ring;
  readonly grid: BoxGrid;
}

/** About two edges to a cell, and at most a million cells. */
const MAX_ACROSS = 1024;

export function createEdgeGrid(ring: Ring): EdgeGrid {
  const across = Math.min(MAX_ACROSS, Math.max(1, Math.ceil(Math.sqrt(ring.length / 4))));
  return { ring, grid: createBoxGrid(computeEdgeBoxes(ring), across, across) };
}

/** Whether an edge of one ring crosses an edge of the other at a point inside both edges; touching is no crossing. */
export function ringsCross(a: EdgeGrid, b: Ring): boolean {
  const edges = b.length / 2;
  for (let k = 0; k < edges; k++) {
    if (visitBoxGrid(a.grid, edgeBox(b, k), (edge) => crossProperly(a.ring, edge, b, k))) return true;
  }
  return false;
}

/**
 * The first pair of edges of a ring that cross, or of which one lies on the other; edges that follow one another may only
 * double back. `budget` bounds the pairs that are compared: rings drawn to be slow are not answered.
 * @returns undefined where no edges meet, 'unknown' where the budget ran out
 */
export function findSelfCrossing(ring: Ring, budget: number): readonly [number, number] | 'unknown' | undefined {
  const edges = ring.length / 2;
  if (edges < 4) return undefined;
  const { grid } = createEdgeGrid(ring);
  let left = budget;
  let found: readonly [number, number] | undefined;
  for (let k = 0; k < edges && found === undefined && left > 0; k++) {
    visitBoxGrid(grid, edgeBox(ring, k), (other) => {
      left--;
      if (other > k && meet(ring, k, other)) found = [k, other];
      return found !== undefined || left <= 0;
    });
  }
  if (found !== undefined) return found;
  return left <= 0 ? 'unknown' : undefined;
}

/** Whether edges `a < b` of one ring meet elsewhere than at a vertex that they share. */
function meet(ring: Ring, a: number, b: number): boolean {
  if (crossProperly(ring, a, ring, b)) return true;
  return runAlong(ring, a, b);
}

/** Whether two edges on one line have more than a point in common. */
function runAlong(ring: Ring, a: number, b: number): boolean {
  const edges = ring.length / 2;
  const [p, q] = [a * 2, ((a + 1) % edges) * 2];
  const [r, s] = [b * 2, ((b + 1) % edges) * 2];
  if (turn(ring, p, q, ring, r) !== 0 || turn(ring, p, q, ring, s) !== 0) return false;
  // Along the axis in which the first edge is longer.
  const axis = Math.abs(ring[q]! - ring[p]!) >= Math.abs(ring[q + 1]! - ring[p + 1]!) ? 0 : 1;
  const low = Math.max(Math.min(ring[p + axis]!, ring[q + axis]!), Math.min(ring[r + axis]!, ring[s + axis]!));
  const high = Math.min(Math.max(ring[p + axis]!, ring[q + axis]!), Math.max(ring[r + axis]!, ring[s + axis]!));
  return high > low;
}

function crossProperly(a: Ring, edgeA: number, b: Ring, edgeB: number): boolean {
  const [p, q] = [edgeA * 2, ((edgeA + 1) * 2) % a.length];
  const [r, s] = [edgeB * 2, ((edgeB + 1) * 2) % b.length];
  return turn(a, p, q, b, r) * turn(a, p, q, b, s) < 0 && turn(b, r, s, a, p) * turn(b, r, s, a, q) < 0;
}

/** Sign of the turn from edge p-q of `ring` to vertex r of `other`. */
function turn(ring: Ring, p: number, q: number, other: Ring, r: number): number {
  const dx = ring[q]! - ring[p]!;
  const dy = ring[q + 1]! - ring[p + 1]!;
  return Math.sign(dx * (other[r + 1]! - ring[p + 1]!) - dy * (other[r]! - ring[p]!));
}

function edgeBox(ring: Ring, edge: number): Box {
  const next = ((edge + 1) * 2) % ring.length;
  const [x0, y0, x1, y1] = [ring[edge * 2]!, ring[edge * 2 + 1]!, ring[next]!, ring[next + 1]!];
  return { left: Math.min(x0, x1), top: Math.min(y0, y1), right: Math.max(x0, x1), bottom: Math.max(y0, y1) };
}
