import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { SlideFacts } from '../../contract.ts';
import { announce, notify } from '../state/notices.ts';
import { removeShape, removeVertex, simplifyShape } from './change-drawing.ts';
import { compareDrawings, hasChanges } from './compare-drawings.ts';
import { countVertices, type Drawing, type DrawnClass, findShape, type Point } from './drawing.ts';
import { createHistory, type History, record, redo, undo } from './history.ts';

export const TOOLS = ['select', 'polygon', 'freehand', 'hole'] as const;
export type Tool = (typeof TOOLS)[number];

/** The shape in work, and the vertex of it that keys move. */
export interface Selection {
  readonly key: number;
  readonly vertex: { readonly ring: number; readonly vertex: number } | null;
}

/** Where a drawing comes from, and where it goes. */
export interface DrawingTarget {
  /** Id of the slide. */
  readonly slide: string;
  /** Names the file: annotations/NAME.geojson. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Of the file that saving replaces; null where there is none yet. */
  readonly etag: string | null;
  /** What the file that it was read from holds beside polygons. */
  readonly left: number;
}

/** A drawing that is being edited. It outlives the pane: who comes back to the slide finds it as it was left. */
export interface Session {
  readonly facts: SlideFacts;
  readonly target: Signal<DrawingTarget>;
  /** As it was when it was opened, or saved last. */
  readonly base: Signal<Drawing>;
  readonly history: Signal<History<Drawing>>;
  /** What is shown while a vertex is dragged; null: what the history says. */
  readonly preview: Signal<Drawing | null>;
  readonly shown: ReadonlySignal<Drawing>;
  readonly changed: ReadonlySignal<boolean>;
  readonly selection: Signal<Selection | null>;
  readonly tool: Signal<Tool>;
  /** Corners of what is being drawn; level-0 pixels. */
  readonly draft: Signal<readonly Point[]>;
  /** What the last step did, where more of the same makes one step with it. */
  readonly mark: Signal<string | null>;
  /** Of what is drawn next. */
  readonly kind: Signal<DrawnClass>;
  readonly kinds: Signal<readonly DrawnClass[]>;
}

/** The drawing in work; null while nothing is edited. */
export const session = signal<Session | null>(null);

export function createSession(
  facts: SlideFacts,
  { target, base, kinds }: { target: DrawingTarget; base: Drawing; kinds: readonly [DrawnClass, ...DrawnClass[]] },
): Session {
  const history = signal(createHistory(base));
  const preview = signal<Drawing | null>(null);
  const start = signal(base);
  return {
    facts,
    target: signal(target),
    base: start,
    ...{ history, preview },
    shown: computed(() => preview.value ?? history.value.present),
    changed: computed(() => hasChanges(compareDrawings(start.value, history.value.present))),
    selection: signal<Selection | null>(null),
    tool: signal<Tool>(base.shapes.length > 0 ? 'select' : 'polygon'),
    draft: signal<readonly Point[]>([]),
    mark: signal<string | null>(null),
    kind: signal(kinds[0]),
    kinds: signal(kinds),
  };
}

/**
 * One step that can be taken back.
 * @param mark names what it does, where steps in a row that do the same are one: a corner that an arrow key moves pixel by pixel
 */
export function commit({ history, preview, mark: last }: Session, next: Drawing, mark: string | null = null): void {
  batch(() => {
    preview.value = null;
    const goesOn = mark !== null && mark === last.peek();
    history.value = goesOn ? { ...history.peek(), present: next } : record(history.peek(), next);
    last.value = mark;
  });
}

export function stepBack(one: Session): void {
  const { draft, history } = one;
  if (draft.peek().length > 0) draft.value = draft.peek().slice(0, -1);
  else if (history.peek().past.length === 0) announce('Nothing to undo');
  else travel(one, undo, 'Undone');
}

export function stepForward(one: Session): void {
  if (one.history.peek().future.length === 0) announce('Nothing to redo');
  else travel(one, redo, 'Redone');
}

function travel(one: Session, step: typeof undo<Drawing>, said: string): void {
  const before = one.history.peek().present;
  const after = step(one.history.peek());
  batch(() => {
    one.history.value = after;
    one.preview.value = null;
    one.mark.value = null;
    one.selection.value = keepSelection(one.selection.peek(), before, after.present);
  });
  announce(said);
}

/** Where there are more corners or fewer than before, the one that was selected may be another. */
function keepSelection(selection: Selection | null, before: Drawing, after: Drawing): Selection | null {
  if (!selection) return null;
  const { key, vertex } = selection;
  const [was, is] = [findShape(before, key), findShape(after, key)];
  if (!is) return null;
  const same = vertex && was?.rings[vertex.ring]?.length === is.rings[vertex.ring]?.length;
  return { key, vertex: same ? vertex : null };
}

export function chooseTool({ tool, draft }: Session, next: Tool): void {
  if (tool.peek() === next) return;
  batch(() => {
    tool.value = next;
    draft.value = [];
  });
}

/** The vertex in work, or else the shape. */
export function removeSelected(one: Session): void {
  const { selection, history } = one;
  const chosen = selection.peek();
  if (!chosen) return;
  const { key, vertex } = chosen;
  const before = history.peek().present;
  const next = vertex ? removeVertex(before, { key, ...vertex }) : removeShape(before, key);
  batch(() => {
    selection.value = vertex && findShape(next, key) ? { key, vertex: null } : null;
    commit(one, next);
  });
  announce(vertex ? 'Corner deleted' : 'Polygon deleted');
}

/** @param tolerance level-0 pixels by which the outline may lie beside the one that it was */
export function simplifySelected(one: Session, tolerance: number): void {
  const { key } = one.selection.peek() ?? {};
  const before = one.history.peek().present;
  const shape = findShape(before, key ?? null);
  if (!shape) return;
  const next = simplifyShape(before, shape.key, tolerance);
  const [was, is] = [
    countVertices({ shapes: [shape] }),
    countVertices({ shapes: next.shapes.filter((each) => each.key === key) }),
  ];
  if (was > is) {
    batch(() => {
      one.selection.value = { key: shape.key, vertex: null };
      commit(one, next);
    });
  }
  notify(
    'info',
    was > is ? `${was} corners have become ${is}.` : 'It has no corners that could go at this magnification.',
    'drawing',
  );
}

/** Leaves the drawing; what was not saved is lost. */
export function closeSession(): void {
  session.value = null;
}
