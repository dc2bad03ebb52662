import { computeBoundingBox } from '../../geometry/kernels/bounding-box.ts';
import { createEdgeGrid, ringsCross } from '../../geometry/kernels/ring-crossings.ts';
import { locatePoint } from '../../geometry/locate-point.ts';
import type { Box, Polygon, Ring } from '../../geometry/polygon.ts';
import { createRingIndex } from '../../geometry/ring-index.ts';
import { boxesOverlap } from './box-search.ts';

/** Collects more holes for one polygon, as long as all of them stay apart. */
export interface HoleCollector {
  /**
   * Takes a ring that lies inside the polygon (no vertex on its outline or beyond, no edges that cross), away from the boxes
   * of its other holes. False, and nothing is taken, for any other.
   */
  add(ring: Ring): boolean;
  /** The polygon with all its holes. */
  build(): Polygon;
}

export function createHoleCollector({ exterior, holes }: Polygon): HoleCollector {
  const index = createRingIndex(exterior);
  const edges = createEdgeGrid(exterior);
  const rings = [...holes];
  const boxes: Box[] = holes.map(computeBoundingBox);
  const isInside = (ring: Ring) => {
    for (let k = 0; k < ring.length; k += 2)
      if (locatePoint(index, ring[k] ?? 0, ring[k + 1] ?? 0) !== 'inside') return false;
    return !ringsCross(edges, ring);
  };
  return {
    add(ring) {
      const box = computeBoundingBox(ring);
      if (boxes.some((other) => boxesOverlap(other, box)) || !isInside(ring)) return false;
      rings.push(ring);
      boxes.push(box);
      return true;
    },
    build: () => ({ exterior, holes: rings }),
  };
}
