import type { Box, Ring } from '../polygon.ts';

/**
 * What one edge of a ring adds to a test of the ring. Edge `i` runs from vertex `i` to the next one, the last edge closes
 * the ring. Cross products are exact for coordinates that are integers or halves below 2^25.
 */
export const OFF_EDGE = 0;
export const CROSSES_RAY = 1;
export const ON_EDGE = 2;

/** Whether the point lies on the edge, else whether the edge crosses the ray that runs from the point to the right. */
export function probeEdge(ring: Ring, edge: number, point: { x: number; y: number }): 0 | 1 | 2 {
  const next = edge * 2 + 2 === ring.length ? 0 : edge * 2 + 2;
  const x0 = ring[edge * 2]!;
  const y0 = ring[edge * 2 + 1]!;
  const x1 = ring[next]!;
  const y1 = ring[next + 1]!;
  const { x, y } = point;
  if (x === x0 && y === y0) return ON_EDGE;
  if (y0 > y === y1 > y) {
    const onHorizontal = y0 === y && y1 === y && x >= Math.min(x0, x1) && x <= Math.max(x0, x1);
    return onHorizontal ? ON_EDGE : OFF_EDGE;
  }
  const cross = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0);
  if (cross === 0) return ON_EDGE;
  return cross > 0 === y1 > y0 ? CROSSES_RAY : OFF_EDGE;
}

/**
 * The integral of `clamp(x, left, right) - left` along the edge over dy, y limited to the box. Summed over a ring this is
 * by Green's theorem the signed area of ring ∩ box (area times winding number): exact, without building a clipped ring.
 */
export function integrateEdge(ring: Ring, edge: number, box: Box): number {
  const next = edge * 2 + 2 === ring.length ? 0 : edge * 2 + 2;
  const down = ring[edge * 2 + 1]! <= ring[next + 1]!;
  const upper = down ? edge * 2 : next;
  const lower = down ? next : edge * 2;
  const y0 = ring[upper + 1]!;
  const y1 = ring[lower + 1]!;
  if (y0 === y1 || y1 <= box.top || y0 >= box.bottom) return 0;
  const x0 = ring[upper]!;
  const x1 = ring[lower]!;
  const slope = (x1 - x0) / (y1 - y0);
  const from = Math.max(y0, box.top);
  const to = Math.min(y1, box.bottom);
  const xFrom = from === y0 ? x0 : x0 + (from - y0) * slope;
  const xTo = to === y1 ? x1 : x0 + (to - y0) * slope;
  const area = (to - from) * meanClamped(Math.min(xFrom, xTo), Math.max(xFrom, xTo), box);
  return down ? area : -area;
}

/** Mean of `clamp(x, left, right) - left` for x running evenly from `low` to `high`. */
function meanClamped(low: number, high: number, box: Box): number {
  const { left, right } = box;
  if (high <= left) return 0;
  if (low >= right) return right - left;
  if (low >= left && high <= right) return (low + high) / 2 - left;
  const from = Math.max(low, left);
  const to = Math.min(high, right);
  return ((to - from) * ((from + to) / 2 - left) + (high - to) * (right - left)) / (high - low);
}

/** Whether the closed edge and the closed box have a point in common: separating axes x, y and the edge's normal. */
export function edgeMeetsBox(ring: Ring, edge: number, box: Box): boolean {
  const next = edge * 2 + 2 === ring.length ? 0 : edge * 2 + 2;
  const x0 = ring[edge * 2]!;
  const y0 = ring[edge * 2 + 1]!;
  const dx = ring[next]! - x0;
  const dy = ring[next + 1]! - y0;
  if (Math.max(x0, x0 + dx) < box.left || Math.min(x0, x0 + dx) > box.right) return false;
  if (Math.max(y0, y0 + dy) < box.top || Math.min(y0, y0 + dy) > box.bottom) return false;
  const a = dx * (box.top - y0) - dy * (box.left - x0);
  const b = dx * (box.top - y0) - dy * (box.right - x0);
  const c = dx * (box.bottom - y0) - dy * (box.left - x0);
  const d = dx * (box.bottom - y0) - dy * (box.right - x0);
  return Math.min(a, b, c, d) <= 0 && Math.max(a, b, c, d) >= 0;
}
