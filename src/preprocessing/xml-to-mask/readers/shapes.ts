import { computeBoundingBox } from '../../../geometry/kernels/bounding-box.ts';
import type { Box, Polygon, Ring } from '../../../geometry/polygon.ts';

/** An ellipse becomes a polygon whose edges leave it by at most this many level-0 pixels. */
const ELLIPSE_TOLERANCE = 0.01;
/** Enough for the tolerance up to radii of 136,000 pixels. */
const MAX_ELLIPSE_VERTICES = 8192;

/** A ring of the vertices, without a last one that repeats the first; undefined for fewer than three. */
export function toRing(vertices: Float64Array): Ring | undefined {
  const last = vertices.length - 2;
  const closed = last >= 2 && vertices[0] === vertices[last] && vertices[1] === vertices[last + 1];
  const ring = closed ? vertices.slice(0, last) : vertices;
  return ring.length >= 6 ? ring : undefined;
}

/** A polygon without holes; undefined for fewer than three vertices. */
export function toPolygon(vertices: Float64Array): Polygon | undefined {
  const exterior = toRing(vertices);
  return exterior && { exterior, holes: [] };
}

/** The box of any two or more points: of an ellipse or rectangle that is given by two corners. */
export function getCornerBox(vertices: Float64Array): Box {
  return computeBoundingBox(vertices);
}

/** Corners from the top left, clockwise on screen. */
export function createRectangle({ left, top, right, bottom }: Box): Polygon {
  return { exterior: Float64Array.of(left, top, right, top, right, bottom, left, bottom), holes: [] };
}

/** The ellipse in a box, as a polygon that lies in it and leaves it by at most 0.01 pixels. */
export function createEllipse({ left, top, right, bottom }: Box): Polygon {
  const rx = (right - left) / 2;
  const ry = (bottom - top) / 2;
  const cx = left + rx;
  const cy = top + ry;
  const count = countEllipseVertices(Math.max(rx, ry));
  const exterior = new Float64Array(count * 2);
  for (let k = 0; k < count; k++) {
    const angle = (2 * Math.PI * k) / count;
    exterior[k * 2] = cx + rx * Math.cos(angle);
    exterior[k * 2 + 1] = cy + ry * Math.sin(angle);
  }
  return { exterior, holes: [] };
}

/** The sagitta of a chord over an angle of 2 pi / n is r (1 - cos(pi / n)); n is a multiple of 4, so that the poles are in. */
function countEllipseVertices(radius: number): number {
  const needed = Math.PI / Math.acos(1 - Math.min(1, ELLIPSE_TOLERANCE / radius));
  return Math.min(MAX_ELLIPSE_VERTICES, Math.max(16, 4 * Math.ceil(needed / 4)));
}

/** Whether a ring is a rectangle along the axes, whichever corner comes first. */
export function isRectangle(ring: Ring): boolean {
  if (ring.length !== 8) return false;
  const [x0, y0, x1, y1, x2, y2, x3, y3] = ring;
  const across = y0 === y1 && x1 === x2 && y2 === y3 && x3 === x0;
  const down = x0 === x1 && y1 === y2 && x2 === x3 && y3 === y0;
  return across || down;
}
