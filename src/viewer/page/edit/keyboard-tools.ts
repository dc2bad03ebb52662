import { batch } from '@preact/signals';
import { announce } from '../state/notices.ts';
import { activePane } from '../state/page-state.ts';
import type { Shortcut } from '../state/shortcuts.ts';
import { insertVertex, moveVertex } from './change-drawing.ts';
import { addCorner, finishDraft } from './draw.ts';
import { findShape, getVertex, type Point, roundPoint, type Shape } from './drawing.ts';
import { computeShapeArea, formatArea } from './measure-shape.ts';
import { chooseTool, commit, removeSelected, type Session, stepBack, stepForward, type Tool } from './session.ts';

const GROUP = 'Drawing';
/** CSS pixels by which an arrow moves a corner; ten times as far with Shift. */
const STEP = 1;

/** Everything that the pointer does, by keys. */
export function listShortcuts(one: Session, openSave: () => void): Shortcut[] {
  const tool = (key: string, name: Tool, label: string) => add([key], label, () => chooseTool(one, name));
  return [
    tool('v', 'select', 'Select and correct polygons'),
    tool('p', 'polygon', 'Draw a polygon corner by corner'),
    tool('f', 'freehand', 'Draw a polygon in one go'),
    tool('h', 'hole', 'Cut a hole into a polygon'),
    // A button that has the focus keeps Space for itself.
    add(['a', ' '], 'Set a corner in the middle of the screen (or Space)', () => setCorner(one)),
    add(['Enter'], 'Close the polygon', () => close(one)),
    add(['Escape'], 'Give up what is being drawn; select nothing', () => giveUp(one)),
    add(['n'], 'Next polygon', () => selectNext(one, 1)),
    add(['N'], 'Polygon before', () => selectNext(one, -1)),
    add(['.'], 'Next corner', () => selectVertex(one, 1)),
    add([','], 'Corner before', () => selectVertex(one, -1)),
    add(['i'], 'Add a corner behind the selected one', () => insertBehind(one)),
    add(['Delete', 'Backspace'], 'Delete the selected corner or polygon', () => removeBack(one)),
    add(['Control+z'], 'Undo', () => stepBack(one)),
    add(['Control+y', 'Control+Shift+z'], 'Redo', () => stepForward(one)),
    add(['Control+s'], 'Save the drawing', openSave),
  ];
}

/** Arrows move the corner that is selected, and the slide while none is. */
export function listVertexShortcuts(one: Session): Shortcut[] {
  return [
    { key: 'ArrowLeft', x: -1, y: 0, where: 'left' },
    { key: 'ArrowRight', x: 1, y: 0, where: 'right' },
    { key: 'ArrowUp', x: 0, y: -1, where: 'up' },
    { key: 'ArrowDown', x: 0, y: 1, where: 'down' },
  ].flatMap(({ key, x, y, where }) => [
    add([key], `Move the corner ${where}`, () => moveBy(one, { x: x * STEP, y: y * STEP })),
    add([`Shift+${key}`], `Move the corner far ${where}`, () => moveBy(one, { x: x * STEP * 10, y: y * STEP * 10 })),
  ]);
}

function add(keys: readonly string[], label: string, run: () => void): Shortcut {
  return { keys, group: GROUP, label, run };
}

function setCorner(one: Session): void {
  const pane = activePane.peek();
  const tool = one.tool.peek();
  if (!pane || (tool !== 'polygon' && tool !== 'hole')) return;
  const { x, y } = pane.sight.peek();
  addCorner(one, { x, y });
  announce(`Corner ${one.draft.peek().length} at ${Math.round(x)}, ${Math.round(y)}`);
}

function close(one: Session): void {
  if (one.draft.peek().length > 0) finishDraft(one);
}

function giveUp(one: Session): void {
  if (one.draft.peek().length > 0) one.draft.value = [];
  else if (one.tool.peek() === 'select') one.selection.value = null;
  else chooseTool(one, 'select');
}

/** While a polygon is drawn its last corner, as elsewhere the last letter. */
function removeBack(one: Session): void {
  if (one.draft.peek().length > 0) one.draft.value = one.draft.peek().slice(0, -1);
  else removeSelected(one);
}

function selectNext(one: Session, step: 1 | -1): void {
  const { shapes } = one.history.peek().present;
  if (shapes.length === 0) return;
  const at = shapes.findIndex(({ key }) => key === one.selection.peek()?.key);
  const next = shapes[at < 0 ? (step > 0 ? 0 : shapes.length - 1) : (at + step + shapes.length) % shapes.length];
  if (!next) return;
  selectShape(one, next);
  announce(`Polygon ${shapes.indexOf(next) + 1} of ${shapes.length}: ${describeShape(one, next)}`);
}

/** Selects a polygon and brings it into sight. */
export function selectShape(one: Session, shape: Shape): void {
  batch(() => {
    if (one.tool.peek() !== 'select') chooseTool(one, 'select');
    one.selection.value = { key: shape.key, vertex: null };
  });
  const [outline] = shape.rings;
  if (outline) showBox(outline);
}

export function describeShape({ facts }: Session, shape: Shape): string {
  const holes = shape.rings.length - 1;
  const cut = holes === 0 ? '' : `, ${holes} ${holes === 1 ? 'hole' : 'holes'}`;
  return `${shape.name ?? shape.kind?.name ?? 'without class'}, ${formatArea(computeShapeArea(shape), facts.mpp)}${cut}`;
}

/** All of it with some room around, unless it is in sight already. */
function showBox(ring: Float64Array): void {
  const pane = activePane.peek();
  if (!pane) return;
  const xs = ring.filter((_, k) => k % 2 === 0);
  const ys = ring.filter((_, k) => k % 2 === 1);
  const [left, right] = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))];
  const [top, bottom] = [ys.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.max(a, b))];
  const { width, height } = pane.sight.peek();
  const corners = [pane.toElement({ x: left, y: top }), pane.toElement({ x: right, y: bottom })];
  if (corners.every(({ x, y }) => x >= 0 && y >= 0 && x <= width && y <= height)) return;
  const room = Math.max(right - left, bottom - top) / 8;
  pane.fit({ x: left - room, y: top - room, width: right - left + 2 * room, height: bottom - top + 2 * room });
}

function selectVertex(one: Session, step: 1 | -1): void {
  const chosen = one.selection.peek();
  const shape = findShape(one.history.peek().present, chosen?.key ?? null);
  if (!shape || one.tool.peek() !== 'select') return;
  const all = shape.rings.flatMap((ring, k) =>
    Array.from({ length: ring.length / 2 }, (_, vertex) => ({ ring: k, vertex })),
  );
  const now = chosen?.vertex;
  const at = all.findIndex(({ ring, vertex }) => ring === now?.ring && vertex === now.vertex);
  const next = all[at < 0 ? 0 : (at + step + all.length) % all.length];
  if (!next) return;
  one.selection.value = { key: shape.key, vertex: next };
  const point = getVertex(shape.rings[next.ring] ?? new Float64Array(), next.vertex);
  bringIntoSight(point);
  announce(`Corner ${all.indexOf(next) + 1} of ${all.length} at ${Math.round(point.x)}, ${Math.round(point.y)}`);
}

function bringIntoSight(point: Point): void {
  const pane = activePane.peek();
  if (!pane) return;
  const { x, y } = pane.toElement(point);
  const { width, height } = pane.sight.peek();
  if (x < 0 || y < 0 || x > width || y > height) pane.moveTo(point);
}

/** @param by CSS pixels of the screen, whichever way the slide is turned */
function moveBy(one: Session, by: Point): void {
  const pane = activePane.peek();
  const chosen = one.selection.peek();
  const { present } = one.history.peek();
  const ring = findShape(present, chosen?.key ?? null)?.rings[chosen?.vertex?.ring ?? -1];
  if (!pane || !chosen?.vertex || !ring) return;
  const at = pane.toElement(getVertex(ring, chosen.vertex.vertex));
  const to = roundPoint(pane.toSlide({ x: at.x + by.x, y: at.y + by.y }));
  const moved = { key: chosen.key, ...chosen.vertex };
  commit(one, moveVertex(present, moved, to), JSON.stringify(moved));
  announce(`Corner at ${to.x}, ${to.y}`);
}

function insertBehind(one: Session): void {
  const { key, vertex: at } = one.selection.peek() ?? {};
  const { present } = one.history.peek();
  const ring = at && findShape(present, key ?? null)?.rings[at.ring];
  if (key === undefined || !at || !ring) return;
  const here = getVertex(ring, at.vertex);
  const next = getVertex(ring, (at.vertex + 1) % (ring.length / 2));
  const middle = roundPoint({ x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 });
  batch(() => {
    commit(one, insertVertex(present, { key, ...at }, middle));
    one.selection.value = { key, vertex: { ring: at.ring, vertex: at.vertex + 1 } };
  });
  announce(`Corner added at ${middle.x}, ${middle.y}`);
}
