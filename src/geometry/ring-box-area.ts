import { visitBoxGrid } from './kernels/box-grid.ts';
import { integrateEdge } from './kernels/edge.ts';
import type { Box } from './polygon.ts';
import type { RingIndex } from './ring-index.ts';

/**
 * Area that a ring and a box have in common, never negative. Exact up to rounding for rings that don't cross themselves
 * (they may touch themselves); where a ring winds twice around a place, that place counts twice.
 */
export function computeRingBoxArea(index: RingIndex, box: Box): number {
  if (!overlaps(index.box, box)) return 0;
  let area = 0;
  visitBoxGrid(index.slabs, box, (edge) => {
    area += integrateEdge(index.ring, edge, box);
    return false;
  });
  return Math.max(0, index.area < 0 ? -area : area);
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
