import { computeRingArea } from '../../geometry/kernels/ring-area.ts';
import type { Ring } from '../../geometry/polygon.ts';
import type { DrawnPolygon } from './parse-drawing.ts';

/**
 * GeoJSON as the tissue stage and `writeAnnotations` write it, for QuPath: a feature a line, rings closed, outlines counter-clockwise in
 * the numbers and holes clockwise. Equal drawings give equal text; numbers are read as the same numbers.
 */
export function formatDrawing(polygons: readonly DrawnPolygon[]): string {
  const features = polygons.map((polygon) => `\n${JSON.stringify(createFeature(polygon))}`);
  return `{"type":"FeatureCollection","features":[${features.join(',')}\n]}\n`;
}

function createFeature({ id, name, className, color, rings }: DrawnPolygon) {
  return {
    type: 'Feature',
    ...(id !== undefined && { id }),
    geometry: { type: 'Polygon', coordinates: rings.map((ring, k) => toPositions(ring, k === 0 ? 1 : -1)) },
    properties: {
      objectType: 'annotation',
      ...(name !== undefined && { name }),
      ...(className !== undefined && { classification: { name: className, ...(color && { color }) } }),
    },
  };
}

/** The first vertex stays the first, whichever way round. */
function toPositions(ring: Ring, orientation: 1 | -1): number[][] {
  const positions: number[][] = [];
  for (let k = 0; k < ring.length; k += 2) positions.push([ring[k] ?? 0, ring[k + 1] ?? 0]);
  const [first = [], ...others] = positions;
  if (computeRingArea(ring) * orientation < 0) others.reverse();
  return [first, ...others, first];
}
