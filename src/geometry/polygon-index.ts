import { type BoxGrid, createBoxGrid, visitBoxGrid } from './kernels/box-grid.ts';
import type { Box, Polygon } from './polygon.ts';
import { createRingIndex, type RingIndex } from './ring-index.ts';

/** A polygon that is ready for many tests. */
export interface IndexedPolygon {
  readonly exterior: RingIndex;
  readonly holes: readonly RingIndex[];
}

/** Polygons in their given order, and a grid of their bounding boxes. */
export interface PolygonIndex {
  readonly polygons: readonly IndexedPolygon[];
  readonly grid: BoxGrid;
}

const MAX_CELLS_ACROSS = 256;

export function createPolygonIndex(polygons: readonly Polygon[]): PolygonIndex {
  const indexed = polygons.map(indexPolygon);
  const boxes = Float64Array.from(
    indexed.flatMap(({ exterior: { box } }) => [box.left, box.top, box.right, box.bottom]),
  );
  const across = Math.min(MAX_CELLS_ACROSS, Math.max(1, Math.ceil(Math.sqrt(polygons.length))));
  return { polygons: indexed, grid: createBoxGrid(boxes, across, across) };
}

export function indexPolygon(polygon: Polygon): IndexedPolygon {
  return { exterior: createRingIndex(polygon.exterior), holes: polygon.holes.map(createRingIndex) };
}

/** Whether `test` holds for a polygon whose bounding box meets the closed `box`. Stops at the first. */
export function someNear(index: PolygonIndex, box: Box, test: (polygon: IndexedPolygon) => boolean): boolean {
  return visitBoxGrid(index.grid, box, (item) => {
    const polygon = index.polygons[item];
    return polygon !== undefined && meets(polygon.exterior.box, box) && test(polygon);
  });
}

function meets(a: Box, b: Box): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}
