import type { Ring } from '../../../geometry/polygon.ts';
import type { Color } from '../../contract.ts';

/** Of what a polygon is an outline. */
export interface DrawnClass {
  readonly name: string;
  readonly color: Color;
}

/** A polygon that can be edited. Nothing of it is ever changed in place: what an edit leaves alone is the same object afterwards. */
export interface Shape {
  /** Tells it from all others of its drawing, for as long as the page is open. */
  readonly key: number;
  /** Of the file it was read from. */
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** Null where the file says none. */
  readonly kind: DrawnClass | null;
  /** The outline, then its holes; level-0 pixels, the first vertex not repeated. */
  readonly rings: readonly Ring[];
}

export interface Drawing {
  readonly shapes: readonly Shape[];
}

/** A vertex, or the edge that begins at it. */
export interface VertexAt {
  readonly key: number;
  readonly ring: number;
  readonly vertex: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const EMPTY_DRAWING: Drawing = { shapes: [] };
export const MIN_VERTICES = 3;

export function findShape({ shapes }: Drawing, key: number | null): Shape | undefined {
  return key === null ? undefined : shapes.find((shape) => shape.key === key);
}

export function getVertex(ring: Ring, vertex: number): Point {
  return { x: ring[vertex * 2] ?? 0, y: ring[vertex * 2 + 1] ?? 0 };
}

export function countVertices({ shapes }: Drawing): number {
  return shapes.reduce((sum, { rings }) => sum + rings.reduce((all, ring) => all + ring.length / 2, 0), 0);
}

export function formatCount({ shapes: { length } }: Drawing): string {
  return length === 1 ? '1 polygon' : `${length} polygons`;
}

/** A key that no shape has. */
export function getNextKey({ shapes }: Drawing): number {
  return shapes.reduce((most, { key }) => Math.max(most, key), 0) + 1;
}

/** A hundredth of a level-0 pixel: finer than any hand, and short in a file. */
export function roundPoint({ x, y }: Point): Point {
  return { x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100 };
}
