import type { Ring } from '../../../../geometry/polygon.ts';

/** The vertex nearest to a point, and the square of its distance; the first of equals. */
export function findNearestVertex(ring: Ring, x: number, y: number): { index: number; squared: number } {
  let index = -1;
  let squared = Number.POSITIVE_INFINITY;
  for (let k = 0; k < ring.length; k += 2) {
    const dx = ring[k]! - x;
    const dy = ring[k + 1]! - y;
    const here = dx * dx + dy * dy;
    if (here >= squared) continue;
    squared = here;
    index = k / 2;
  }
  return { index, squared };
}

/** The edge nearest to a point, by the vertex where it begins, and its point that is nearest; the first of equals. */
export function findNearestEdge(
  ring: Ring,
  x: number,
  y: number,
): { index: number; squared: number; x: number; y: number } {
  const best = { index: -1, squared: Number.POSITIVE_INFINITY, x: 0, y: 0 };
  for (let k = 0; k < ring.length; k += 2) {
    const next = k + 2 === ring.length ? 0 : k + 2;
    const x0 = ring[k]!;
    const y0 = ring[k + 1]!;
    const dx = ring[next]! - x0;
    const dy = ring[next + 1]! - y0;
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
    const px = x0 + along * dx;
    const py = y0 + along * dy;
    const here = (px - x) * (px - x) + (py - y) * (py - y);
    if (here >= best.squared) continue;
    best.index = k / 2;
    best.squared = here;
    best.x = px;
    best.y = py;
  }
  return best;
}
