/** A segment between vertices `from` and `to` of a vertex list x0, y0, x1, y1 ... */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether two segments meet at a point that is not an end of both: a proper crossing, or an end of one inside the other.
 * Segments that only share ends, also all of both, don't.
 */
export function meetInside(points: Float64Array, a: Segment, b: Segment): boolean {
  const a0 = sideOf(points, b, a.from);
  const a1 = sideOf(points, b, a.to);
  const b0 = sideOf(points, a, b.from);
  const b1 = sideOf(points, a, b.to);
  if (a0 * a1 < 0 && b0 * b1 < 0) return true;
  return (
    (a0 === 0 && isBetweenEnds(points, b, a.from)) ||
    (a1 === 0 && isBetweenEnds(points, b, a.to)) ||
    (b0 === 0 && isBetweenEnds(points, a, b.from)) ||
    (b1 === 0 && isBetweenEnds(points, a, b.to))
  );
}

/** Distance of vertex `vertex` to the nearest point of the segment. */
export function distanceToSegment(points: Float64Array, segment: Segment, vertex: number): number {
  const x0 = points[segment.from * 2]!;
  const y0 = points[segment.from * 2 + 1]!;
  const dx = points[segment.to * 2]! - x0;
  const dy = points[segment.to * 2 + 1]! - y0;
  const px = points[vertex * 2]! - x0;
  const py = points[vertex * 2 + 1]! - y0;
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : (px * dx + py * dy) / squared;
  if (along <= 0) return Math.sqrt(px * px + py * py);
  if (along >= 1) return Math.sqrt((px - dx) * (px - dx) + (py - dy) * (py - dy));
  return Math.abs(px * dy - py * dx) / Math.sqrt(squared);
}

/** The vertex strictly between the ends that lies farthest from the segment, the first of equals. */
export function findFarthest(points: Float64Array, segment: Segment): { vertex: number; distance: number } {
  let vertex = segment.from;
  let distance = -1;
  for (let k = segment.from + 1; k < segment.to; k++) {
    const d = distanceToSegment(points, segment, k);
    if (d > distance) {
      distance = d;
      vertex = k;
    }
  }
  return { vertex, distance };
}

/** Sign of the turn from the segment to the vertex; 0 on its line. */
function sideOf(points: Float64Array, segment: Segment, vertex: number): number {
  const x0 = points[segment.from * 2]!;
  const y0 = points[segment.from * 2 + 1]!;
  const cross =
    (points[segment.to * 2]! - x0) * (points[vertex * 2 + 1]! - y0) -
    (points[segment.to * 2 + 1]! - y0) * (points[vertex * 2]! - x0);
  return Math.sign(cross);
}

/** For a vertex on the segment's line: whether it lies on the segment and is none of its ends. */
function isBetweenEnds(points: Float64Array, segment: Segment, vertex: number): boolean {
  const x0 = points[segment.from * 2]!;
  const y0 = points[segment.from * 2 + 1]!;
  const x1 = points[segment.to * 2]!;
  const y1 = points[segment.to * 2 + 1]!;
  const x = points[vertex * 2]!;
  const y = points[vertex * 2 + 1]!;
  if ((x === x0 && y === y0) || (x === x1 && y === y1)) return false;
  return x >= Math.min(x0, x1) && x <= Math.max(x0, x1) && y >= Math.min(y0, y1) && y <= Math.max(y0, y1);
}
