import type { Ring } from '../../../geometry/polygon.ts';
import { simplifyPolygon } from '../../../geometry/simplify-polygon.ts';
import { MIN_VERTICES, type Point, roundPoint } from './drawing.ts';

/** The ring of points that were set one by one; undefined where there are too few. Points that repeat the one before are left out. */
export function closeRing(points: readonly Point[]): Ring | undefined {
  const rounded = points.map(roundPoint);
  const repeats = ({ x, y }: Point, before: Point | undefined) => x === before?.x && y === before.y;
  const kept = rounded.filter((point, k) => k === 0 || !repeats(point, rounded[k - 1]));
  while (kept.length > 1 && repeats(kept.at(-1) as Point, kept[0])) kept.pop();
  return kept.length < MIN_VERTICES ? undefined : Float64Array.from(kept.flatMap(({ x, y }) => [x, y]));
}

/** The same of a line drawn in one go, without the corners that lie within `tolerance` level-0 pixels of the line through the others. */
export function closeFreehand(points: readonly Point[], tolerance: number): Ring | undefined {
  const ring = closeRing(points);
  return ring && simplifyPolygon({ exterior: ring, holes: [] }, tolerance).exterior;
}
