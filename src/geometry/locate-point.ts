import { visitBoxGrid } from './kernels/box-grid.ts';
import { CROSSES_RAY, ON_EDGE, probeEdge } from './kernels/edge.ts';
import type { RingIndex } from './ring-index.ts';

export type PointLocation = 'inside' | 'edge' | 'outside';

/**
 * Where a point lies against a ring, by the even-odd rule. The answers are those of OpenCV's `pointPolygonTest`
 * (+1, 0, -1), also for rings that touch themselves; exact for integer and half coordinates.
 */
export function locatePoint(index: RingIndex, x: number, y: number): PointLocation {
  const { ring, box, slabs } = index;
  if (!(x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)) return 'outside';
  const point = { x, y };
  let inside = false;
  const onEdge = visitBoxGrid(slabs, { left: x, top: y, right: x, bottom: y }, (edge) => {
    const found = probeEdge(ring, edge, point);
    if (found === CROSSES_RAY) inside = !inside;
    return found === ON_EDGE;
  });
  if (onEdge) return 'edge';
  return inside ? 'inside' : 'outside';
}
