import { createLiveSegments, hitsOther, type LiveSegments, replaceSegments } from './kernels/live-segments.ts';
import { findFarthest } from './kernels/segment.ts';
import type { Polygon, Ring } from './polygon.ts';

/**
 * Douglas-Peucker simplification that keeps topology: a run of vertices within `tolerance` of its chord becomes the chord
 * only where the chord meets no other segment of the polygon, old or new, elsewhere than at shared ends. So rings stay
 * rings of at least three vertices, don't begin to cross themselves or each other, and keep their first vertex.
 *
 * The order of the decisions is that of GEOS 3.11's TopologyPreservingSimplifier (shapely's `simplify`), so that results
 * agree vertex for vertex. `tolerance` is in the polygon's unit; 0 removes only vertices that lie on their chord.
 */
export function simplifyPolygon(polygon: Polygon, tolerance: number): Polygon {
  const rings = [polygon.exterior, ...polygon.holes];
  const { points, ends, starts } = closeRings(rings);
  const live = createLiveSegments(points, ends);
  const simplified = rings.map((ring, i) => {
    const vertex = starts[i] ?? 0;
    const last = vertex + ring.length / 2;
    return ring.length < 2 * MIN_VERTICES ? ring : simplifyRing(live, { vertex, last, segmentShift: i }, tolerance);
  });
  const [exterior = polygon.exterior, ...holes] = simplified;
  return { exterior, holes };
}

/** A closed ring counts its first vertex twice. */
const MIN_CLOSED_SIZE = 4;
const MIN_VERTICES = 3;

/** Vertices [vertex, last] of the shared list, closed; segment k of it starts at vertex k + segmentShift. */
interface ClosedRing {
  readonly vertex: number;
  readonly last: number;
  readonly segmentShift: number;
}

function simplifyRing(live: LiveSegments, ring: ClosedRing, tolerance: number): Ring {
  const kept: number[] = [];
  const pending = [{ from: ring.vertex, to: ring.last, depth: 1 }];
  for (let section = pending.pop(); section !== undefined; section = pending.pop()) {
    const { from, to, depth } = section;
    if (from + 1 === to) {
      kept.push(from);
      continue;
    }
    const farthest = findFarthest(live.points, section);
    const range = { first: from - ring.segmentShift, end: to - ring.segmentShift };
    const keptSize = kept.length === 0 ? 0 : kept.length + 1;
    const leavesTooFew = keptSize < MIN_CLOSED_SIZE && depth + 1 < MIN_CLOSED_SIZE;
    if (!leavesTooFew && farthest.distance <= tolerance && !hitsOther(live, section, range)) {
      replaceSegments(live, { from, to }, range);
      kept.push(from);
      continue;
    }
    pending.push({ from: farthest.vertex, to, depth: depth + 1 }, { from, to: farthest.vertex, depth: depth + 1 });
  }
  return gather(live.points, kept);
}

/** All rings in one vertex list, each closed by a copy of its first vertex, and the segments between. */
function closeRings(rings: readonly Ring[]): { points: Float64Array; ends: Uint32Array; starts: number[] } {
  const total = rings.reduce((sum, ring) => sum + ring.length, 0);
  const points = new Float64Array(total + 2 * rings.length);
  const ends = new Uint32Array(total);
  const starts: number[] = [];
  let vertex = 0;
  let segment = 0;
  for (const ring of rings) {
    starts.push(vertex);
    points.set(ring, vertex * 2);
    points.set(ring.subarray(0, 2), vertex * 2 + ring.length);
    for (let k = 0; k < ring.length / 2; k++, segment++) ends.set([vertex + k, vertex + k + 1], segment * 2);
    vertex += ring.length / 2 + 1;
  }
  return { points, ends, starts };
}

function gather(points: Float64Array, vertices: readonly number[]): Ring {
  const ring = new Float64Array(vertices.length * 2);
  for (const [i, vertex] of vertices.entries()) ring.set(points.subarray(vertex * 2, vertex * 2 + 2), i * 2);
  return ring;
}
