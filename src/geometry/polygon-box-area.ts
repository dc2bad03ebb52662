import type { Box } from './polygon.ts';
import type { IndexedPolygon } from './polygon-index.ts';
import { computeRingBoxArea } from './ring-box-area.ts';

/** Area that a polygon, less its holes, has in common with a box. Holes lie inside the exterior and apart. */
export function computePolygonBoxArea(polygon: IndexedPolygon, box: Box): number {
  let area = computeRingBoxArea(polygon.exterior, box);
  if (area === 0) return 0;
  for (const hole of polygon.holes) area -= computeRingBoxArea(hole, box);
  return Math.max(0, area);
}
