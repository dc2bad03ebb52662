import { computeBoundingBox } from './kernels/bounding-box.ts';
import { type BoxGrid, createBoxGrid } from './kernels/box-grid.ts';
import { computeEdgeBoxes } from './kernels/edge-boxes.ts';
import { computeRingArea } from './kernels/ring-area.ts';
import type { Box, Ring } from './polygon.ts';

/** A ring with its edges sorted into horizontal slabs: a test looks only at the edges at its own height. */
export interface RingIndex {
  readonly ring: Ring;
  readonly box: Box;
  /** Signed, see `computeRingArea`. */
  readonly area: number;
  /** One column of slabs, because a ray to the right and an area integral need every edge of their rows. */
  readonly slabs: BoxGrid;
}

/** About this many edges begin in one slab. */
const EDGES_PER_SLAB = 4;
const MAX_SLABS = 16_384;

export function createRingIndex(ring: Ring): RingIndex {
  const edges = ring.length / 2;
  const slabs = Math.min(MAX_SLABS, Math.max(1, Math.ceil(edges / EDGES_PER_SLAB)));
  return {
    ring,
    box: computeBoundingBox(ring),
    area: computeRingArea(ring),
    slabs: createBoxGrid(computeEdgeBoxes(ring), 1, slabs),
  };
}
