import type { Ring } from '../../../geometry/polygon.ts';
import type { Drawing, Point, Shape, VertexAt } from './drawing.ts';
import { holdsPoint } from './kernels/holds-point.ts';
import { findNearestEdge, findNearestVertex } from './kernels/nearest.ts';

/** The vertex of a shape that is nearest to a point, if it is within `reach` level-0 pixels. */
export function findVertex(shape: Shape, point: Point, reach: number): VertexAt | undefined {
  return findNearest(shape, reach, (ring) => {
    const { index, squared } = findNearestVertex(ring, point.x, point.y);
    return { vertex: index, squared };
  });
}

/** The edge of a shape that is nearest to a point, and the point on it, if it is within `reach` level-0 pixels. */
export function findEdge(shape: Shape, point: Point, reach: number): (VertexAt & { readonly on: Point }) | undefined {
  return findNearest(shape, reach, (ring) => {
    const { index, squared, x, y } = findNearestEdge(ring, point.x, point.y);
    return { vertex: index, squared, on: { x, y } };
  });
}

/** The topmost shape that has the point inside and outside its holes, or an edge within `reach`. */
export function findShapeAt({ shapes }: Drawing, point: Point, reach: number): Shape | undefined {
  const inside = shapes.findLast((shape) => covers(shape, point));
  return inside ?? shapes.findLast((shape) => findEdge(shape, point, reach) !== undefined);
}

export function covers({ rings: [outline, ...holes] }: Shape, { x, y }: Point): boolean {
  return outline !== undefined && holdsPoint(outline, x, y) && !holes.some((hole) => holdsPoint(hole, x, y));
}

function findNearest<T extends { readonly vertex: number; readonly squared: number }>(
  { key, rings }: Shape,
  reach: number,
  find: (ring: Ring) => T,
): (Omit<T, 'squared'> & VertexAt) | undefined {
  let best: (Omit<T, 'squared'> & VertexAt) | undefined;
  let least = reach * reach;
  for (const [k, ring] of rings.entries()) {
    const { squared, ...found } = find(ring);
    if (squared > least) continue;
    least = squared;
    best = { ...found, key, ring: k };
  }
  return best;
}
