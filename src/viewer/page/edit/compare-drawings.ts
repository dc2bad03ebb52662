import type { Drawing, Shape } from './drawing.ts';
import { computeDrawingArea, computeShapeArea } from './measure-shape.ts';

/** What saving would change. Areas are level-0 pixels. */
export interface DrawingChanges {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly before: number;
  readonly after: number;
  /** By class, of both drawings, as they first occur. */
  readonly classes: readonly { readonly name: string; readonly before: number; readonly after: number }[];
}

export const NO_CLASS = 'without class';

export function compareDrawings(before: Drawing, after: Drawing): DrawingChanges {
  const earlier = new Map(before.shapes.map((shape) => [shape.key, shape]));
  const kept = after.shapes.filter(({ key }) => earlier.has(key));
  const names = new Set([...before.shapes, ...after.shapes].map(getClassName));
  return {
    added: after.shapes.length - kept.length,
    removed: before.shapes.length - kept.length,
    changed: kept.filter((shape) => earlier.get(shape.key) !== shape).length,
    before: computeDrawingArea(before),
    after: computeDrawingArea(after),
    classes: [...names].map((name) => ({ name, before: sumClass(before, name), after: sumClass(after, name) })),
  };
}

export function hasChanges({ added, removed, changed }: DrawingChanges): boolean {
  return added + removed + changed > 0;
}

function sumClass({ shapes }: Drawing, name: string): number {
  return shapes.reduce((sum, shape) => sum + (getClassName(shape) === name ? computeShapeArea(shape) : 0), 0);
}

function getClassName({ kind }: Shape): string {
  return kind?.name ?? NO_CLASS;
}
