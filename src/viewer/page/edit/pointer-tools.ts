import type OpenSeadragon from 'openseadragon';
import type { Pane } from '../pane/pane.ts';
import { insertVertex, moveVertex } from './change-drawing.ts';
import { addCorner, finishDraft } from './draw.ts';
import { type Drawing, findShape, type Point, roundPoint, type VertexAt } from './drawing.ts';
import { findEdge, findShapeAt, findVertex } from './find-hit.ts';
import { commit, type Session } from './session.ts';

/** CSS pixels from which a corner or an edge is taken hold of. */
export const REACH = 9;
/** CSS pixels by which a line drawn by hand is smoothed. */
const SMOOTHING = 1;

/** What OpenSeadragon says of the pointer; with `preventDefaultAction` it does nothing of its own. */
interface CanvasEvent {
  readonly position: OpenSeadragon.Point;
  readonly quick?: boolean;
  preventDefaultAction?: boolean;
}

/** What is being dragged. */
interface Drag {
  readonly at: VertexAt;
  /** The drawing with that vertex, before it was moved. */
  readonly from: Drawing;
  moved: boolean;
}

/**
 * Lets the pointer draw and correct in a pane. What no tool uses stays OpenSeadragon's: dragging pans, the wheel zooms.
 * @returns what takes the tools away
 */
export function startPointerTools(pane: Pane, one: Session): () => void {
  const { viewer } = pane;
  let drag: Drag | undefined;
  const getPlace = ({ position }: CanvasEvent) => pane.toSlide({ x: position.x, y: position.y });
  const getReach = () => REACH / pane.sight.peek().scale;

  const handlers: Readonly<Record<string, (event: CanvasEvent) => void>> = {
    'canvas-press': (event) => {
      const tool = one.tool.peek();
      if (tool === 'freehand') one.draft.value = [roundPoint(getPlace(event))];
      if (tool === 'select') drag = takeHold(one, getPlace(event), getReach());
    },
    'canvas-drag': (event) => {
      if (one.tool.peek() === 'freehand') addCorner(one, getPlace(event));
      else if (!drag) return;
      else {
        drag.moved = true;
        one.preview.value = moveVertex(drag.from, drag.at, roundPoint(getPlace(event)));
      }
      event.preventDefaultAction = true;
    },
    'canvas-drag-end': (event) => {
      if (drag || one.tool.peek() === 'freehand') event.preventDefaultAction = true;
    },
    'canvas-release': () => {
      const moved = one.preview.peek();
      if (drag?.moved && moved) commit(one, moved);
      else one.preview.value = null;
      drag = undefined;
      const drawn = one.tool.peek() === 'freehand' ? one.draft.peek().length : 0;
      if (drawn > 2) finishDraft(one, SMOOTHING / pane.sight.peek().scale);
      else if (drawn > 0) one.draft.value = [];
    },
    'canvas-click': (event) => {
      event.preventDefaultAction = true;
      if (event.quick) click(one, getPlace(event), getReach());
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

/** A corner of the shape in work, or a new one where its edge is grasped. */
function takeHold(one: Session, place: Point, reach: number): Drag | undefined {
  const { present } = one.history.peek();
  const shape = findShape(present, one.selection.peek()?.key ?? null);
  if (!shape) return undefined;
  const vertex = findVertex(shape, place, reach);
  if (vertex) {
    one.selection.value = { key: vertex.key, vertex: { ring: vertex.ring, vertex: vertex.vertex } };
    return { at: vertex, from: present, moved: false };
  }
  const edge = findEdge(shape, place, reach);
  if (!edge) return undefined;
  const at = { key: edge.key, ring: edge.ring, vertex: edge.vertex + 1 };
  return { at, from: insertVertex(present, edge, roundPoint(edge.on)), moved: false };
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
  const { present } = one.history.peek();
  const shape = findShape(present, selection.peek()?.key ?? null);
  // A click on a corner of the shape in work has chosen it already.
  if (shape && findVertex(shape, place, reach)) return;
  const hit = findShapeAt(present, place, reach);
  selection.value = hit ? { key: hit.key, vertex: null } : null;
}
