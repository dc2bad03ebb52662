/** How a coordinate in mask pixels becomes one that a rule works with. */
export type Coords =
  /** As it is. */
  | 'exact'
  /** A whole number: cut towards zero. */
  | 'trunc'
  /** A whole number: the nearest, of two the even one. */
  | 'round';

/** Whole numbers are kept within what OpenCV can hold. */
const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 } as const;

export interface PointScale {
  readonly downsample: { readonly x: number; readonly y: number };
  readonly coords: Coords;
}

/**
 * Writes the vertices of a ring in mask pixels to `points` from point `start` on, and the first of them once more behind the
 * last; nothing for an empty ring. Returns the number of points.
 */
export function scaleRing(ring: Float64Array, points: Float64Array, start: number, scale: PointScale): number {
  const { downsample, coords } = scale;
  const length = ring.length - (ring.length & 1);
  if (length === 0) return 0;
  const base = start * 2;
  for (let from = 0; from < length; from += VALUES_AT_ONCE) {
    const part = ring.subarray(from, Math.min(length, from + VALUES_AT_ONCE));
    scalePart(part, points, base + from, downsample);
    if (coords !== 'exact') cutPart(points, base + from, base + from + part.length, coords === 'round');
  }
  points[base + length] = points[base]!;
  points[base + length + 1] = points[base + 1]!;
  return length / 2 + 1;
}

/** Loops end after so many values, so that V8 compiles their function as a whole and not from the middle of a loop on. */
const VALUES_AT_ONCE = 1024;

function scalePart(ring: Float64Array, points: Float64Array, base: number, { x, y }: PointScale['downsample']): void {
  for (let i = 0; i < ring.length; i += 2) {
    points[base + i] = ring[i]! / x;
    points[base + i + 1] = ring[i + 1]! / y;
  }
}

function cutPart(points: Float64Array, from: number, to: number, round: boolean): void {
  for (let i = from; i < to; i++) points[i] = toWhole(points[i]!, round);
}

function toWhole(value: number, round: boolean): number {
  if (!(Math.abs(value) < Infinity)) return Number.NaN;
  let whole = value < 0 ? Math.ceil(value) : Math.floor(value);
  if (round) {
    whole = Math.floor(value);
    const beyond = value - whole;
    if (beyond > 0.5 || (beyond === 0.5 && whole % 2 !== 0)) whole++;
  }
  return whole < INT32.min ? INT32.min : whole > INT32.max ? INT32.max : whole;
}

export interface PointRange {
  /** Smallest x and y, largest x and y; not a number where one of them isn't. */
  readonly range: readonly [left: number, top: number, right: number, bottom: number];
  /** How far y moves from point to point on average, no step counted for more than `most`. */
  readonly step: number;
}

/** Measures points `from` to `to`, exclusive, two at least. */
export function measurePoints(points: Float64Array, from: number, to: number, most: number): PointRange {
  const found: Measures = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity, sum: 0, steps: 0 };
  for (let at = from; at < to; at += VALUES_AT_ONCE)
    measurePart(found, points.subarray(Math.max(from, at - 1) * 2, Math.min(to, at + VALUES_AT_ONCE) * 2), most);
  const { left, top, right, bottom, sum, steps } = found;
  const range = Number.isNaN(sum) ? ([sum, sum, sum, sum] as const) : ([left, top, right, bottom] as const);
  return { range, step: steps / (to - from - 1) };
}

interface Measures {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Not a number where a coordinate is none. */
  sum: number;
  steps: number;
}

function measurePart(found: Measures, points: Float64Array, most: number): void {
  let { left, top, right, bottom, sum, steps } = found;
  let before = points[1]!;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]!;
    const y = points[i + 1]!;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
    sum += x + y;
    const step = y < before ? before - y : y - before;
    steps += step < most ? step : most;
    before = y;
  }
  found.left = left;
  found.top = top;
  found.right = right;
  found.bottom = bottom;
  found.sum = sum;
  found.steps = steps;
}
