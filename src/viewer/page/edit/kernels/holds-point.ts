import { CROSSES_RAY, ON_EDGE, probeEdge } from '../../../../geometry/kernels/edge.ts';
import type { Ring } from '../../../../geometry/polygon.ts';

/** Whether a ring has a point inside or on its edge, by the even-odd rule. One question: an index would cost more than it saves. */
export function holdsPoint(ring: Ring, x: number, y: number): boolean {
  const point = { x, y };
  let inside = false;
  for (let edge = 0; edge < ring.length / 2; edge++) {
    const found = probeEdge(ring, edge, point);
    if (found === ON_EDGE) return true;
    if (found === CROSSES_RAY) inside = !inside;
  }
  return inside;
}
