import { computeBoundingBox } from '../../../geometry/kernels/bounding-box.ts';
import type { Box } from '../../../geometry/polygon.ts';
import type { Color } from '../../contract.ts';
import type { Pane } from '../pane/pane.ts';
import { type Drawing, findShape, type Point, type Shape } from './drawing.ts';
import type { Selection, Session } from './session.ts';
import { getShapePath } from './shape-paths.ts';

const NO_CLASS: Color = [128, 128, 128];
/** Half a side of a corner's mark, CSS pixels. */
const HANDLE = 4;

/** Paints what is drawn, and the corners of the shape in work, over what a pane shows. */
export function paintDrawing(canvas: HTMLCanvasElement, pane: Pane, one: Session): void {
  const ratio = devicePixelRatio;
  const context = clear(canvas, pane, ratio);
  if (!context) return;
  const selection = one.selection.value;
  const shown = one.shown.value;
  paintShapes(context, pane, { shown, selection, ratio });
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const chosen = findShape(shown, selection?.key ?? null);
  if (chosen && one.tool.value === 'select') paintHandles(context, pane, { shape: chosen, selection });
}

/** As large as the pane; null where it can't be painted on. */
function clear(canvas: HTMLCanvasElement, pane: Pane, ratio: number): CanvasRenderingContext2D | null {
  const { width, height } = pane.sight.value;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  return canvas.getContext('2d');
}

function paintShapes(
  context: CanvasRenderingContext2D,
  pane: Pane,
  { shown, selection, ratio }: { shown: Drawing; selection: Selection | null; ratio: number },
): void {
  const { width, height } = pane.facts;
  const origin = pane.toElement({ x: 0, y: 0 });
  const right = pane.toElement({ x: width, y: 0 });
  const below = pane.toElement({ x: 0, y: height });
  const scale = (to: number, from: number, size: number) => (ratio * (to - from)) / size;
  context.setTransform(
    scale(right.x, origin.x, width),
    scale(right.y, origin.y, width),
    scale(below.x, origin.x, height),
    scale(below.y, origin.y, height),
    origin.x * ratio,
    origin.y * ratio,
  );
  const { scale: zoom } = pane.sight.value;
  const seen = getSeenBox(pane);
  for (const shape of shown.shapes) {
    const chosen = shape.key === selection?.key;
    const { path, box } = getShapePath(shape, chosen ? undefined : zoom);
    if (box.right < seen.left || box.left > seen.right || box.bottom < seen.top || box.top > seen.bottom) continue;
    const [red, green, blue] = shape.kind?.color ?? NO_CLASS;
    context.fillStyle = `rgb(${red} ${green} ${blue} / ${chosen ? 0.22 : 0.1})`;
    context.fill(path, 'evenodd');
    // A light line below the coloured one shows the shape in work on any ground.
    if (chosen) strokePath(context, path, { style: '#fff', width: 5 / zoom });
    strokePath(context, path, { style: `rgb(${red} ${green} ${blue})`, width: (chosen ? 2.5 : 2) / zoom });
  }
}

function strokePath(
  context: CanvasRenderingContext2D,
  path: Path2D,
  { style, width }: { style: string; width: number },
): void {
  context.strokeStyle = style;
  context.lineWidth = width;
  context.stroke(path);
}

/** Level-0 pixels, upright, around what the pane shows, whichever way the slide is turned. */
function getSeenBox(pane: Pane): Box {
  const { width, height } = pane.sight.value;
  const corners = [0, width].flatMap((x) => [0, height].map((y) => pane.toSlide({ x, y })));
  return computeBoundingBox(Float64Array.from(corners.flatMap(({ x, y }) => [x, y])));
}

function paintHandles(
  context: CanvasRenderingContext2D,
  pane: Pane,
  { shape, selection }: { shape: Shape; selection: Selection | null },
): void {
  const { width, height } = pane.sight.value;
  const seen: { readonly at: Point; readonly chosen: boolean }[] = [];
  for (const [k, ring] of shape.rings.entries()) {
    for (let i = 0; i < ring.length; i += 2) {
      const at = pane.toElement({ x: ring[i] ?? 0, y: ring[i + 1] ?? 0 });
      if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) continue;
      const { vertex } = selection ?? {};
      seen.push({ at, chosen: vertex?.ring === k && vertex.vertex === i / 2 });
    }
  }
  // Marks that lie on one another would hide the outline.
  let last: Point | undefined;
  for (const { at, chosen } of seen) {
    if (!chosen && last && Math.hypot(at.x - last.x, at.y - last.y) < 3 * HANDLE) continue;
    paintHandle(context, at, chosen);
    last = at;
  }
}

function paintHandle(context: CanvasRenderingContext2D, { x, y }: Point, chosen: boolean): void {
  const half = chosen ? HANDLE + 2 : HANDLE;
  context.fillStyle = chosen ? '#0b5cad' : '#fff';
  context.strokeStyle = chosen ? '#fff' : '#111';
  context.lineWidth = 1.5;
  context.fillRect(x - half, y - half, 2 * half, 2 * half);
  context.strokeRect(x - half, y - half, 2 * half, 2 * half);
}

/** Paints what is being drawn. A canvas of its own: it changes with every move of the pointer. */
export function paintDraft(canvas: HTMLCanvasElement, pane: Pane, { draft, tool, kind }: Session): void {
  const ratio = devicePixelRatio;
  const context = clear(canvas, pane, ratio);
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const points = draft.value.map((point) => pane.toElement(point));
  if (tool.value === 'polygon' || tool.value === 'hole') paintCrosshair(context, pane);
  const [first, ...others] = points;
  if (!first) return;
  const pointer = pane.pointer.value;
  const follows = pointer && tool.value !== 'freehand' ? [pane.toElement(pointer)] : [];
  context.beginPath();
  context.moveTo(first.x, first.y);
  for (const { x, y } of [...others, ...follows]) context.lineTo(x, y);
  const [red, green, blue] = kind.value.color;
  for (const [style, width] of [
    ['#fff', 4],
    [`rgb(${red} ${green} ${blue})`, 2],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
  if (tool.value !== 'freehand') for (const point of points) paintHandle(context, point, point === first);
}

/** Where the keyboard sets corners: the middle of the pane. */
function paintCrosshair(context: CanvasRenderingContext2D, pane: Pane): void {
  if (pane.pointer.value) return;
  const { width, height } = pane.sight.value;
  const [x, y] = [width / 2, height / 2];
  for (const [style, line] of [
    ['#fff', 4],
    ['#111', 1.5],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = line;
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(x + 4 * dx, y + 4 * dy);
      context.lineTo(x + 16 * dx, y + 16 * dy);
    }
    context.stroke();
  }
}
