import { createBoundedGrid } from '../../geometry/kernels/bounded-grid.ts';
import { computeBoundingBox } from '../../geometry/kernels/bounding-box.ts';
import { visitBoxGrid } from '../../geometry/kernels/box-grid.ts';
import type { Box, Ring } from '../../geometry/polygon.ts';

/** Which of many rings are near another one. */
export interface BoxSearch {
  /** Indices of the rings whose boxes have an area in common with the box of `ring`. */
  findMeeting(ring: Ring): number[];
}

const MAX_ACROSS = 256;

export function createBoxSearch(rings: readonly Ring[]): BoxSearch {
  const found = rings.map(computeBoundingBox);
  const boxes = Float64Array.from(found.flatMap(({ left, top, right, bottom }) => [left, top, right, bottom]));
  const across = Math.min(MAX_ACROSS, Math.max(1, Math.ceil(Math.sqrt(rings.length))));
  const grid = createBoundedGrid(boxes, across);
  return {
    findMeeting(ring) {
      const box = computeBoundingBox(ring);
      const hits: number[] = [];
      visitBoxGrid(grid, box, (k) => {
        const other = found[k];
        if (other && boxesOverlap(other, box)) hits.push(k);
        return false;
      });
      return hits;
    },
  };
}

/** Whether two boxes have an area in common. */
export function boxesOverlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
