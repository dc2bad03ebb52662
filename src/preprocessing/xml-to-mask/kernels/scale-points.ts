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
  for (let i = 0; i < length; i += 2) {
    points[base + i] = ring[i]! / downsample.x;
    points[base + i + 1] = ring[i + 1]! / downsample.y;
  }
  if (coords !== 'exact')
    for (let i = base; i < base + length; i++) points[i] = toWhole(points[i]!, coords === 'round');
  points[base + length] = points[base]!;
  points[base + length + 1] = points[base + 1]!;
  return length / 2 + 1;
}

function toWhole(value: number, round: boolean): number {
  let whole = Math.trunc(value);
  if (round) {
    whole = Math.floor(value);
    const beyond = value - whole;
    if (beyond > 0.5 || (beyond === 0.5 && whole % 2 !== 0)) whole++;
  }
  return Math.abs(value) < Infinity ? Math.max(INT32.min, Math.min(INT32.max, whole)) : Number.NaN;
}

export interface PointRange {
  /** Smallest x and y, largest x and y; not a number where one of them isn't. */
  readonly range: readonly [left: number, top: number, right: number, bottom: number];
  /** How far y moves from point to point on average, no step counted for more than `most`. */
  readonly step: number;
}

/** Measures points `from` to `to`, exclusive, two at least. */
export function measurePoints(points: Float64Array, from: number, to: number, most: number): PointRange {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  let sum = 0;
  let steps = 0;
  let before = points[from * 2 + 1]!;
  for (let i = from * 2; i < to * 2; i += 2) {
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
  const range = Number.isNaN(sum) ? ([sum, sum, sum, sum] as const) : ([left, top, right, bottom] as const);
  return { range, step: steps / (to - from - 1) };
}
