/** The edits: each gives the drawing that it makes of another one, which stays as it was. */
import type { Ring } from '../../../geometry/polygon.ts';
import { simplifyPolygon } from '../../../geometry/simplify-polygon.ts';
import {
  type Drawing,
  type DrawnClass,
  getNextKey,
  MIN_VERTICES,
  type Point,
  type Shape,
  type VertexAt,
} from './drawing.ts';

export function addShape(drawing: Drawing, rings: readonly Ring[], kind: DrawnClass | null): Drawing {
  return { shapes: [...drawing.shapes, { key: getNextKey(drawing), kind, rings }] };
}

export function removeShape({ shapes }: Drawing, key: number): Drawing {
  return { shapes: shapes.filter((shape) => shape.key !== key) };
}

export function setKind(drawing: Drawing, key: number, kind: DrawnClass): Drawing {
  return changeShape(drawing, key, (shape) => ({ ...shape, kind }));
}

export function addHole(drawing: Drawing, key: number, hole: Ring): Drawing {
  return changeShape(drawing, key, (shape) => ({ ...shape, rings: [...shape.rings, hole] }));
}

/** Of the outline: the whole shape. */
export function removeRing(drawing: Drawing, { key, ring }: Pick<VertexAt, 'key' | 'ring'>): Drawing {
  if (ring === 0) return removeShape(drawing, key);
  return changeShape(drawing, key, (shape) => ({ ...shape, rings: shape.rings.filter((_, k) => k !== ring) }));
}

export function moveVertex(drawing: Drawing, at: VertexAt, to: Point): Drawing {
  return changeRing(drawing, at, (ring) => {
    const moved = ring.slice();
    moved.set([to.x, to.y], at.vertex * 2);
    return moved;
  });
}

/** On the edge that begins at the vertex: the new one is the next. */
export function insertVertex(drawing: Drawing, at: VertexAt, point: Point): Drawing {
  return changeRing(drawing, at, (ring) => {
    const longer = new Float64Array(ring.length + 2);
    const place = at.vertex * 2 + 2;
    longer.set(ring.subarray(0, place));
    longer.set([point.x, point.y], place);
    longer.set(ring.subarray(place), place + 2);
    return longer;
  });
}

/** Of a ring of three vertices: the whole ring, as two have no area. */
export function removeVertex(drawing: Drawing, at: VertexAt): Drawing {
  const ring = drawing.shapes.find(({ key }) => key === at.key)?.rings[at.ring];
  if (ring && ring.length / 2 <= MIN_VERTICES) return removeRing(drawing, at);
  return changeRing(drawing, at, (all) => all.filter((_, k) => k >> 1 !== at.vertex));
}

export function moveShape(drawing: Drawing, key: number, by: Point): Drawing {
  return changeShape(drawing, key, (shape) => ({
    ...shape,
    rings: shape.rings.map((ring) => ring.map((value, k) => value + (k % 2 === 0 ? by.x : by.y))),
  }));
}

/** Without corners that lie within `tolerance` level-0 pixels of the line through others; rings don't begin to cross. */
export function simplifyShape(drawing: Drawing, key: number, tolerance: number): Drawing {
  return changeShape(drawing, key, (shape) => {
    const [exterior, ...holes] = shape.rings;
    if (!exterior) return shape;
    const simple = simplifyPolygon({ exterior, holes }, tolerance);
    return { ...shape, rings: [simple.exterior, ...simple.holes] };
  });
}

function changeRing(drawing: Drawing, at: VertexAt, change: (ring: Ring) => Ring): Drawing {
  return changeShape(drawing, at.key, (shape) => ({
    ...shape,
    rings: shape.rings.map((ring, k) => (k === at.ring ? change(ring) : ring)),
  }));
}

function changeShape({ shapes }: Drawing, key: number, change: (shape: Shape) => Shape): Drawing {
  return { shapes: shapes.map((shape) => (shape.key === key ? change(shape) : shape)) };
}
