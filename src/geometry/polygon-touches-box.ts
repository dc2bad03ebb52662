import { visitBoxGrid } from './kernels/box-grid.ts';
import { edgeMeetsBox } from './kernels/edge.ts';
import { locatePoint } from './locate-point.ts';
import type { Box } from './polygon.ts';
import type { IndexedPolygon } from './polygon-index.ts';
import type { RingIndex } from './ring-index.ts';

/** Whether a polygon and a closed box have at least one point in common; a shared edge or corner counts. */
export function polygonTouchesBox(polygon: IndexedPolygon, box: Box): boolean {
  if (ringMeetsBox(polygon.exterior, box)) return true;
  // No edge of the exterior reaches the box: it lies wholly inside or wholly outside, so one corner decides.
  if (locatePoint(polygon.exterior, box.left, box.top) === 'outside') return false;
  if (polygon.holes.some((hole) => ringMeetsBox(hole, box))) return true;
  return polygon.holes.every((hole) => locatePoint(hole, box.left, box.top) === 'outside');
}

function ringMeetsBox(index: RingIndex, box: Box): boolean {
  return visitBoxGrid(index.slabs, box, (edge) => edgeMeetsBox(index.ring, edge, box));
}
