import { computeRingArea } from '../../geometry/kernels/ring-area.ts';
import type { Ring } from '../../geometry/polygon.ts';
import { RequestError } from '../problem.ts';
import type { DrawnFeature } from './drawing-schema.ts';
import { measureJson } from './kernels/measure-json.ts';

/** Of a drawing: beyond them an editor by hand is the wrong tool, and the server's own thread would stand still for long. */
export const DRAWING_LIMITS = { bytes: 8 * 2 ** 20, features: 10_000, vertices: 250_000 } as const;

/** Level-0 pixels: beyond any slide. */
const FARTHEST = 1e8;
/** Collection, features, feature, geometry, coordinates, ring, position; and properties, classification, colour. */
const DEEPEST = 8;
/** Of a feature beside its vertices: itself, geometry, coordinates, properties, classification, colour, and rings. */
const NODES_OF_FEATURE = 24;

/** One polygon of a drawing; level-0 pixels. The first ring is the outline, the others are holes; none repeats its first vertex. */
export interface DrawnPolygon {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly className: string | undefined;
  readonly color: readonly [number, number, number] | undefined;
  readonly rings: readonly Ring[];
}

/**
 * The polygons of a GeoJSON text that a client sent. Whatever it holds beside them is left out.
 * @throws RequestError 400 where it is no JSON, 413 where it is too much, 422 where it is no drawing
 */
export async function parseDrawing(text: string): Promise<readonly DrawnPolygon[]> {
  const { depth, nodes } = measureJson(text);
  if (depth > DEEPEST) throw new RequestError(422, 'it is nested deeper than a drawing is');
  if (nodes > DRAWING_LIMITS.vertices + NODES_OF_FEATURE * DRAWING_LIMITS.features) throw refuseAmount();
  const { drawingSchema } = await import('./drawing-schema.ts');
  const parsed = drawingSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RequestError(422, `no drawing: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
  }
  const { features } = parsed.data;
  if (features.length > DRAWING_LIMITS.features) throw refuseAmount();
  const polygons = features.map(toPolygon);
  const values = polygons.reduce((sum, { rings }) => sum + rings.reduce((all, ring) => all + ring.length, 0), 0);
  if (values / 2 > DRAWING_LIMITS.vertices) throw refuseAmount();
  return polygons;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, 'the body is no JSON');
  }
}

function refuseAmount(): RequestError {
  const { features, vertices } = DRAWING_LIMITS;
  return new RequestError(413, `a drawing may have ${features} polygons with ${vertices} vertices in all`);
}

function toPolygon({ id, geometry, properties }: DrawnFeature, index: number): DrawnPolygon {
  const rings = geometry.coordinates.map((ring, k) => toRing(ring, `polygon ${index}, ring ${k}`));
  const { name, classification } = properties;
  return { id, name, className: classification?.name, color: classification?.color, rings };
}

/** @throws RequestError 422 */
function toRing(positions: unknown, called: string): Ring {
  if (!Array.isArray(positions)) throw new RequestError(422, `${called}: expected a list of positions`);
  const ring = new Float64Array(positions.length * 2);
  for (const [k, position] of positions.entries()) {
    const [x, y] = Array.isArray(position) && position.length === 2 ? (position as unknown[]) : [];
    // `1e999` is JSON, and infinite.
    if (typeof x !== 'number' || typeof y !== 'number' || !(Math.abs(x) <= FARTHEST) || !(Math.abs(y) <= FARTHEST))
      throw new RequestError(422, `${called}: position ${k} is no pair of level-0 pixels`);
    ring[k * 2] = x;
    ring[k * 2 + 1] = y;
  }
  const end = ring.length - 2;
  if (end < 6 || ring[0] !== ring[end] || ring[1] !== ring[end + 1])
    throw new RequestError(422, `${called}: expected at least three vertices, and the first one again`);
  const open = ring.slice(0, end);
  if (computeRingArea(open) === 0) throw new RequestError(422, `${called}: it has no area`);
  return open;
}
