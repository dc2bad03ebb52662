/**
 * Tissue polygons as GeoJSON in the shape of RFC 7946 that QuPath reads and writes. The coordinates are level-0 pixels
 * (x right, y down), not longitudes: QuPath's convention. Rings are closed; in these numbers outer rings run
 * counter-clockwise and holes clockwise, as the RFC asks.
 */
import type { Polygon, Ring } from '../../geometry/polygon.ts';
import type { Slide } from '../../slide/slide.ts';
import type { TissueResult } from './tissue-mask.ts';

export interface TissueFeatureCollection {
  readonly type: 'FeatureCollection';
  readonly features: readonly TissueFeature[];
}

export interface TissueFeature {
  readonly type: 'Feature';
  readonly geometry: { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] };
  readonly properties: {
    readonly objectType: 'annotation';
    readonly name: string;
    readonly classification: { readonly name: 'Tissue'; readonly color: readonly [number, number, number] };
    /** Without the holes; absent where the slide has no pixel size. */
    readonly areaUm2?: number;
  };
}

type Position = readonly [number, number];

const COLOR = [0, 150, 110] as const;

/** One feature a polygon, in the result's order; the same result gives the same text. Coordinates have 3 decimals. */
export function createTissueGeoJson(
  result: Pick<TissueResult, 'polygons'>,
  slide: Pick<Slide, 'mpp'>,
): TissueFeatureCollection {
  const { mpp } = slide;
  const features = result.polygons.map(
    (polygon, i): TissueFeature => ({
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: closeRings(polygon) },
      properties: {
        objectType: 'annotation',
        name: `Tissue ${i + 1}`,
        classification: { name: 'Tissue', color: COLOR },
        ...(mpp && { areaUm2: round(computePolygonArea(polygon) * mpp.x * mpp.y) }),
      },
    }),
  );
  return { type: 'FeatureCollection', features };
}

/** Level-0 pixels inside the exterior and outside the holes. */
export function computePolygonArea({ exterior, holes }: Polygon): number {
  return Math.abs(computeRingArea(exterior)) - holes.reduce((sum, hole) => sum + Math.abs(computeRingArea(hole)), 0);
}

/** Positive where the ring runs counter-clockwise in the numbers, that is clockwise on the screen. */
function computeRingArea(ring: Ring): number {
  let doubled = 0;
  const at = (i: number) => ring[(i + ring.length) % ring.length] ?? 0;
  for (let i = 0; i < ring.length; i += 2) doubled += at(i - 2) * at(i + 1) - at(i) * at(i - 1);
  return doubled / 2;
}

function closeRings({ exterior, holes }: Polygon): Position[][] {
  return [toPositions(exterior, 1), ...holes.map((hole) => toPositions(hole, -1))];
}

function toPositions(ring: Ring, orientation: 1 | -1): Position[] {
  const positions: Position[] = [];
  for (let i = 0; i < ring.length; i += 2) positions.push([round(ring[i] ?? 0), round(ring[i + 1] ?? 0)]);
  if (computeRingArea(ring) * orientation < 0) positions.reverse();
  const first = positions[0];
  if (first) positions.push(first);
  return positions;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
