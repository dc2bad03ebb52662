import { computeRingArea } from '../../../../geometry/kernels/ring-area.ts';
import { locatePoint } from '../../../../geometry/locate-point.ts';
import type { Ring } from '../../../../geometry/polygon.ts';
import { createRingIndex } from '../../../../geometry/ring-index.ts';
import type { PolygonTable } from '../../../contract.ts';
import { visitBoxes } from '../kernels/visit-boxes.ts';
import type { PolygonIndex } from './polygon-index.ts';

/** Polygons over a point of the slide (level-0 pixels; edges belong to them, holes don't), the smallest first. */
export function findPolygonsAt({ table, grid }: PolygonIndex, x: number, y: number): number[] {
  const found: number[] = [];
  visitBoxes(grid, { left: x, top: y, right: x, bottom: y }, (polygon) => {
    const places = listRings(table, polygon).map((ring) => locatePoint(createRingIndex(widen(ring)), x, y));
    const crossings = places.filter((place) => place === 'inside').length;
    if (places.includes('edge') || crossings % 2 === 1) found.push(polygon);
  });
  const areas = new Map(found.map((polygon) => [polygon, computePolygonArea(table, polygon)]));
  return found.sort((a, b) => (areas.get(a) ?? 0) - (areas.get(b) ?? 0) || b - a);
}

/** Level-0 pixels: the outline's area less that of the holes. */
export function computePolygonArea(table: PolygonTable, polygon: number): number {
  const [outline = 0, ...holes] = listRings(table, polygon).map((ring) => Math.abs(computeRingArea(widen(ring))));
  return holes.reduce((area, hole) => area - hole, outline);
}

/** The outline, then the holes: parts of the table. */
export function listRings({ firstRings, firstPoints, points }: PolygonTable, polygon: number): Float32Array[] {
  const [begin = 0, end = 0] = firstRings.subarray(polygon, polygon + 2);
  return Array.from({ length: end - begin }, (_, i) => {
    const [from = 0, to = 0] = firstPoints.subarray(begin + i, begin + i + 2);
    return points.subarray(2 * from, 2 * to);
  });
}

function widen(ring: Float32Array): Ring {
  return Float64Array.from(ring);
}
