import type OpenSeadragon from 'openseadragon';
import type { Pane } from '../pane/pane.ts';
import { insertVertex, moveVertex } from './change-drawing.ts';
import { addCorner, finishDraft } from './draw.ts';
import { type Drawing, findShape, type Point, roundPoint, type VertexAt } from './drawing.ts';
import { findEdge, findShapeAt, findVertex } from './find-hit.ts';
import { commit, type Session } from './session.ts';

/** CSS pixels from which a corner or an edge is taken hold of. */
const REACH = 9;
/** CSS pixels by which a line drawn by hand is smoothed. */
const SMOOTHING = 1;
/** CSS pixels within which a press is a click. */
const TREMBLE = 4;

/** What OpenSeadragon says of the pointer; with `preventDefaultAction` it does nothing of its own. */
interface CanvasEvent {
  readonly position: OpenSeadragon.Point;
  readonly quick?: boolean;
  preventDefaultAction?: boolean;
}

/** What was begun with the button held down: a corner that is moved, or a line that is drawn in one go. */
interface Stroke {
  readonly from: OpenSeadragon.Point;
  readonly hold: { readonly at: VertexAt; readonly drawing: Drawing } | null;
  /** Whether it went farther than a hand trembles. */
  moved: boolean;
}

/**
 * Lets the pointer draw and correct in a pane. What no tool uses stays OpenSeadragon's: dragging pans, the wheel zooms.
 * @returns what takes the tools away
 */
export function startPointerTools(pane: Pane, one: Session): () => void {
  const { viewer } = pane;
  /** The one under way, and until the next begins the last one. */
  let stroke: Stroke | undefined;
  const getPlace = (position: OpenSeadragon.Point) => pane.toSlide({ x: position.x, y: position.y });
  const getReach = () => REACH / pane.sight.peek().scale;

  const handlers: Readonly<Record<string, (event: CanvasEvent) => void>> = {
    'canvas-press': ({ position }) => {
      const hold = one.tool.peek() === 'select' ? takeHold(one, getPlace(position), getReach()) : null;
      stroke = hold || isLine(one) ? { from: position, hold, moved: false } : undefined;
    },
    'canvas-drag': (event) => {
      if (!stroke) return;
      event.preventDefaultAction = true;
      if (!stroke.moved && event.position.distanceTo(stroke.from) < TREMBLE) return;
      if (!stroke.moved && !stroke.hold) addCorner(one, getPlace(stroke.from));
      stroke.moved = true;
      const place = getPlace(event.position);
      if (!stroke.hold) addCorner(one, place);
      else one.preview.value = moveVertex(stroke.hold.drawing, stroke.hold.at, roundPoint(place));
    },
    'canvas-drag-end': (event) => {
      if (stroke) event.preventDefaultAction = true;
    },
    'canvas-release': () => {
      const moved = one.preview.peek();
      if (stroke?.hold && moved) commit(one, moved);
      else if (stroke?.moved && !stroke.hold) finishDraft(one, SMOOTHING / pane.sight.peek().scale);
    },
    'canvas-click': (event) => {
      event.preventDefaultAction = true;
      if (event.quick && !stroke?.moved) click(one, getPlace(event.position), getReach());
    },
    'canvas-double-click': (event) => {
      event.preventDefaultAction = true;
      // Its two clicks have set two corners in one place.
      if (one.draft.peek().length > 2) finishDraft(one);
    },
  };
  for (const [name, handle] of Object.entries(handlers)) viewer.addHandler(name as 'canvas-click', handle as never);
  return () => {
    for (const [name, handle] of Object.entries(handlers))
      viewer.removeHandler(name as 'canvas-click', handle as never);
  };
}

/** Holes are cut either way: in one go, or corner by corner once a first corner was clicked. */
function isLine({ tool, draft }: Session): boolean {
  return tool.peek() === 'freehand' || (tool.peek() === 'hole' && draft.peek().length === 0);
}

/** A corner of the shape in work, or a new one where its edge is grasped; with the drawing that has it. */
function takeHold(one: Session, place: Point, reach: number): Stroke['hold'] {
  const { present } = one.history.peek();
  const shape = findShape(present, one.selection.peek()?.key ?? null);
  if (!shape) return null;
  const vertex = findVertex(shape, place, reach);
  if (vertex) {
    one.selection.value = { key: vertex.key, vertex: { ring: vertex.ring, vertex: vertex.vertex } };
    return { at: vertex, drawing: present };
  }
  const edge = findEdge(shape, place, reach);
  if (!edge) return null;
  const at = { key: edge.key, ring: edge.ring, vertex: edge.vertex + 1 };
  return { at, drawing: insertVertex(present, edge, roundPoint(edge.on)) };
}

function click(one: Session, place: Point, reach: number): void {
  const { tool, draft, selection } = one;
  if (tool.peek() === 'polygon' || tool.peek() === 'hole') {
    const [first] = draft.peek();
    const closes = first && draft.peek().length > 2 && Math.hypot(first.x - place.x, first.y - place.y) <= reach;
    if (closes) finishDraft(one);
    else addCorner(one, place);
    return;
  }
  if (tool.peek() !== 'select') return;
  const { present } = one.history.peek();
  const shape = findShape(present, selection.peek()?.key ?? null);
  // A click on a corner of the shape in work has chosen it already.
  if (shape && findVertex(shape, place, reach)) return;
  const hit = findShapeAt(present, place, reach);
  selection.value = hit ? { key: hit.key, vertex: null } : null;
}
