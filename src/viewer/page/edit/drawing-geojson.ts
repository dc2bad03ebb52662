import type { Ring } from '../../../geometry/polygon.ts';
import type { Color } from '../../contract.ts';
import type { Drawing, DrawnClass, Shape } from './drawing.ts';

/** What a file holds beside polygons is not taken over: `left` says how much that is. */
export interface ReadDrawing {
  readonly drawing: Drawing;
  readonly left: number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The polygons of a GeoJSON text of this server. Several polygons of one feature become so many shapes.
 * @throws SyntaxError where it is no JSON
 */
export function parseDrawing(text: string): ReadDrawing {
  const root: unknown = JSON.parse(text);
  const features = isRecord(root) && Array.isArray(root['features']) ? (root['features'] as unknown[]) : [];
  const shapes: Shape[] = [];
  let left = 0;
  for (const feature of features) {
    const found = isRecord(feature) ? listPolygons(feature['geometry']) : [];
    if (found.length === 0) left++;
    const facts = readFacts(feature);
    for (const rings of found) shapes.push({ key: shapes.length + 1, ...facts, rings });
  }
  return { drawing: { shapes }, left };
}

/** As it is sent to be saved. */
export function formatDrawing({ shapes }: Drawing): string {
  const features = shapes.map(({ id, name, kind, rings }) => ({
    type: 'Feature',
    ...(id !== undefined && { id }),
    geometry: { type: 'Polygon', coordinates: rings.map(toPositions) },
    properties: { ...(name !== undefined && { name }), ...(kind && { classification: kind }) },
  }));
  return JSON.stringify({ type: 'FeatureCollection', features });
}

function readFacts(feature: unknown): Pick<Shape, 'id' | 'name' | 'kind'> {
  const { id, properties } = feature as { id?: unknown; properties?: unknown };
  const facts = isRecord(properties) ? properties : {};
  const [name] = [facts['name']];
  return {
    id: typeof id === 'string' && id !== '' ? id : undefined,
    name: typeof name === 'string' && name !== '' ? name : undefined,
    kind: readKind(facts['classification']),
  };
}

const UNNAMED: Color = [128, 128, 128];

function readKind(value: unknown): DrawnClass | null {
  if (!isRecord(value) || typeof value['name'] !== 'string' || value['name'] === '') return null;
  const color = value['color'];
  return { name: value['name'], color: isColor(color) ? color : UNNAMED };
}

function isColor(value: unknown): value is Color {
  return Array.isArray(value) && value.length === 3 && value.every((one) => Number.isInteger(one));
}

/** Rings of each polygon; none of other geometries. */
function listPolygons(geometry: unknown): Ring[][] {
  if (!isRecord(geometry)) return [];
  const at = geometry['coordinates'];
  if (geometry['type'] === 'Polygon') return [toRings(at)];
  if (geometry['type'] === 'MultiPolygon' && Array.isArray(at)) return at.map(toRings);
  return [];
}

function toRings(coordinates: unknown): Ring[] {
  return (coordinates as (readonly number[])[][]).map((positions) => {
    const ring = new Float64Array((positions.length - 1) * 2);
    for (let k = 0; k < ring.length; k++) ring[k] = positions[k >> 1]?.[k & 1] ?? 0;
    return ring;
  });
}

/** GeoJSON repeats the first vertex at the end. */
function toPositions(ring: Ring): number[][] {
  const positions: number[][] = [];
  for (let k = 0; k < ring.length; k += 2) positions.push([ring[k] ?? 0, ring[k + 1] ?? 0]);
  return [...positions, ...positions.slice(0, 1)];
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
