import { batch } from '@preact/signals';
import { computeRingArea } from '../../../geometry/kernels/ring-area.ts';
import { announce, notify } from '../state/notices.ts';
import { addHole, addShape } from './change-drawing.ts';
import { type Drawing, findShape, type Point, roundPoint } from './drawing.ts';
import { findShapeAt } from './find-hit.ts';
import { closeFreehand, closeRing } from './freehand.ts';
import { computeShapeArea, formatArea } from './measure-shape.ts';
import { commit, type Session } from './session.ts';

/** Sets a corner of what is being drawn; kept on the slide. */
export function addCorner({ draft, facts }: Session, at: Point): void {
  const { x, y } = roundPoint(at);
  const corner = { x: Math.min(Math.max(x, 0), facts.width), y: Math.min(Math.max(y, 0), facts.height) };
  draft.value = [...draft.peek(), corner];
}

/**
 * Makes a polygon, or a hole, of what was drawn.
 * @param tolerance level-0 pixels by which a line drawn in one go may be smoothed; undefined for corners that were set one by one
 */
export function finishDraft(one: Session, tolerance?: number): void {
  const { draft, tool } = one;
  const points = draft.peek();
  draft.value = [];
  const ring = tolerance === undefined ? closeRing(points) : closeFreehand(points, tolerance);
  // What was drawn in one go and is no wider than the smoothing was no outline.
  if (!ring || Math.abs(computeRingArea(ring)) <= 4 * (tolerance ?? 0) ** 2) {
    notify('info', 'A polygon needs at least three corners and an area.', 'drawing');
    return;
  }
  if (tool.peek() === 'hole') addHoleTo(one, ring);
  else addPolygon(one, addShape(one.history.peek().present, [ring], one.kind.peek()));
}

function addPolygon(one: Session, next: Drawing): void {
  const added = next.shapes.at(-1);
  batch(() => {
    commit(one, next);
    if (added) one.selection.value = { key: added.key, vertex: null };
  });
  if (added) announce(`Polygon of ${formatArea(computeShapeArea(added), one.facts.mpp)} added`);
}

/** To the shape in work, or else to the one that it begins on. */
function addHoleTo(one: Session, hole: Float64Array): void {
  const { present } = one.history.peek();
  const begin = { x: hole[0] ?? 0, y: hole[1] ?? 0 };
  const shape = findShape(present, one.selection.peek()?.key ?? null) ?? findShapeAt(present, begin, 0);
  if (!shape) {
    notify('info', 'A hole is cut into a polygon: select one, or begin inside of one.', 'drawing');
    return;
  }
  batch(() => {
    commit(one, addHole(present, shape.key, hole));
    one.selection.value = { key: shape.key, vertex: null };
  });
  announce('Hole added');
}
