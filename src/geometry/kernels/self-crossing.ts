import type { Ring } from '../polygon.ts';
import { countPairs, crossProperly, turn } from './ring-crossings.ts';

/** Edges of a leaf, and children of a node. */
const LEAF = 8;
const FAN = 4;

/**
 * Boxes (left, top, right, bottom) of runs of edges: `levels[0]` of 8 edges each, every further level of 4 boxes of the one
 * before, up to a single one. An outline's neighbours in the list are neighbours on the slide, so nothing has to be sorted.
 */
type EdgeTree = readonly Float64Array[];

/**
 * A pair of edges of a ring that cross, or of which one lies on the other; edges that follow one another may only double
 * back. Deterministic, and near the beginning. About n log n for usual outlines.
 * @param touching also edges that meet at a point where one of them ends, other than those that follow one another
 * @returns undefined where no edges meet, 'unknown' where more than `pairs` pairs would have to be compared
 */
export function findSelfCrossing(
  ring: Ring,
  { pairs, touching = false }: { pairs?: number; touching?: boolean } = {},
): readonly [number, number] | 'unknown' | undefined {
  const edges = ring.length / 2;
  if (edges < 4) return undefined;
  const tree = createEdgeTree(ring);
  const stack = [tree.length - 1, 0, 0];
  let left = pairs ?? countPairs(edges);
  while (stack.length > 0) {
    const b = stack.pop()!;
    const a = stack.pop()!;
    const level = stack.pop()!;
    if (level > 0) {
      left -= pushChildren(tree, level, a, b, stack);
      if (left < 0) return 'unknown';
      continue;
    }
    const end = Math.min(edges, (b + 1) * LEAF);
    for (let k = a * LEAF; k < Math.min(edges, (a + 1) * LEAF); k++) {
      const from = a === b ? k + 1 : b * LEAF;
      left -= end - from;
      const other = findMeeting(ring, k, from, end, touching);
      if (other >= 0) return [k, other];
      if (left < 0) return 'unknown';
    }
  }
  return undefined;
}

function createEdgeTree(ring: Ring): EdgeTree {
  const edges = ring.length / 2;
  let boxes = createBoxes(Math.ceil(edges / LEAF));
  for (let k = 0, at = 0; k < edges; at += 4)
    for (const stop = Math.min(edges, k + LEAF); k < stop; k++) {
      addPoint(boxes, at, ring[k * 2]!, ring[k * 2 + 1]!);
      const next = k + 1 === edges ? 0 : k * 2 + 2;
      addPoint(boxes, at, ring[next]!, ring[next + 1]!);
    }
  const levels = [boxes];
  while (boxes.length > 4) {
    const below = boxes;
    boxes = createBoxes(Math.ceil(below.length / 4 / FAN));
    for (let k = 0; k < below.length; k += 4) {
      const at = Math.floor(k / 4 / FAN) * 4;
      addPoint(boxes, at, below[k]!, below[k + 1]!);
      addPoint(boxes, at, below[k + 2]!, below[k + 3]!);
    }
    levels.push(boxes);
  }
  return levels;
}

function createBoxes(count: number): Float64Array {
  const boxes = new Float64Array(count * 4);
  for (let at = 0; at < boxes.length; at += 4) {
    boxes[at] = boxes[at + 1] = Infinity;
    boxes[at + 2] = boxes[at + 3] = -Infinity;
  }
  return boxes;
}

function addPoint(boxes: Float64Array, at: number, x: number, y: number): void {
  if (x < boxes[at]!) boxes[at] = x;
  if (y < boxes[at + 1]!) boxes[at + 1] = y;
  if (x > boxes[at + 2]!) boxes[at + 2] = x;
  if (y > boxes[at + 3]!) boxes[at + 3] = y;
}

/** Pushes the pairs of children that meet, the first of them last; returns how many pairs it looked at. */
function pushChildren(tree: EdgeTree, level: number, a: number, b: number, stack: number[]): number {
  const boxes = tree[level - 1]!;
  const nodes = boxes.length / 4;
  const lastA = Math.min(nodes, (a + 1) * FAN) - 1;
  const lastB = Math.min(nodes, (b + 1) * FAN) - 1;
  let looked = 0;
  for (let i = lastA; i >= a * FAN; i--)
    for (let j = lastB; j >= (a === b ? i : b * FAN); j--) {
      looked++;
      if (i === j || boxesMeet(boxes, i * 4, j * 4)) stack.push(level - 1, i, j);
    }
  return looked;
}

function boxesMeet(boxes: Float64Array, a: number, b: number): boolean {
  return (
    boxes[a]! <= boxes[b + 2]! &&
    boxes[b]! <= boxes[a + 2]! &&
    boxes[a + 1]! <= boxes[b + 3]! &&
    boxes[b + 1]! <= boxes[a + 3]!
  );
}

/** The first of edges [from, end) that meets edge `k`; -1 where none does. */
function findMeeting(ring: Ring, k: number, from: number, end: number, touching: boolean): number {
  const p = k * 2;
  const q = p + 2 === ring.length ? 0 : p + 2;
  const left = Math.min(ring[p]!, ring[q]!);
  const right = Math.max(ring[p]!, ring[q]!);
  const top = Math.min(ring[p + 1]!, ring[q + 1]!);
  const bottom = Math.max(ring[p + 1]!, ring[q + 1]!);
  for (let other = from; other < end; other++) {
    const r = other * 2;
    const s = r + 2 === ring.length ? 0 : r + 2;
    if ((ring[r]! > right && ring[s]! > right) || (ring[r]! < left && ring[s]! < left)) continue;
    if ((ring[r + 1]! > bottom && ring[s + 1]! > bottom) || (ring[r + 1]! < top && ring[s + 1]! < top)) continue;
    if (crossProperly(ring, k, ring, other) || runAlong(ring, k, other)) return other;
    if (touching && s !== p && q !== r && touch(ring, k, other)) return other;
  }
  return -1;
}

/** Whether two edges on one line have more than a point in common. */
function runAlong(ring: Ring, a: number, b: number): boolean {
  const edges = ring.length / 2;
  const [p, q] = [a * 2, ((a + 1) % edges) * 2];
  const [r, s] = [b * 2, ((b + 1) % edges) * 2];
  if (turn(ring, p, q, ring, r) !== 0 || turn(ring, p, q, ring, s) !== 0) return false;
  // Along the axis in which the first edge is longer.
  const axis = Math.abs(ring[q]! - ring[p]!) >= Math.abs(ring[q + 1]! - ring[p + 1]!) ? 0 : 1;
  const low = Math.max(Math.min(ring[p + axis]!, ring[q + axis]!), Math.min(ring[r + axis]!, ring[s + axis]!));
  const high = Math.min(Math.max(ring[p + axis]!, ring[q + axis]!), Math.max(ring[r + axis]!, ring[s + axis]!));
  return high > low;
}

/** Whether an end of one edge lies on the other. */
function touch(ring: Ring, a: number, b: number): boolean {
  const q = ((a + 1) * 2) % ring.length;
  const s = ((b + 1) * 2) % ring.length;
  return (
    liesOn(ring, a * 2, q, b * 2) ||
    liesOn(ring, a * 2, q, s) ||
    liesOn(ring, b * 2, s, a * 2) ||
    liesOn(ring, b * 2, s, q)
  );
}

/** Whether vertex r lies on edge p-q. */
function liesOn(ring: Ring, p: number, q: number, r: number): boolean {
  if (turn(ring, p, q, ring, r) !== 0) return false;
  const [x, y] = [ring[r]!, ring[r + 1]!];
  const across = x >= Math.min(ring[p]!, ring[q]!) && x <= Math.max(ring[p]!, ring[q]!);
  return across && y >= Math.min(ring[p + 1]!, ring[q + 1]!) && y <= Math.max(ring[p + 1]!, ring[q + 1]!);
}
