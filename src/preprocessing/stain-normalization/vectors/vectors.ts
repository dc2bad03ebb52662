/** Three numbers at a time: stain vectors and the matrices made of them. */
import type { Vector3 } from '../stain-method.ts';

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function scale(a: Vector3, factor: number): Vector3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function add(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function normalize(a: Vector3): Vector3 {
  return scale(a, 1 / Math.hypot(...a));
}

/** The three numbers of `values` from `at` on. */
export function vectorAt(values: ArrayLike<number>, at: number): Vector3 {
  return [values[at] ?? 0, values[at + 1] ?? 0, values[at + 2] ?? 0];
}

/**
 * Rows that give the concentrations of two or three stains from a density: the least-squares solution for two, the exact
 * one for three. Not finite where the stains don't span their space.
 */
export function invertStains(stains: readonly Vector3[]): readonly Vector3[] {
  const [h, e, rest] = stains;
  if (!h || !e) throw new RangeError(`expected two or three stains but received ${stains.length}`);
  if (rest) {
    const determinant = dot(h, cross(e, rest));
    return [cross(e, rest), cross(rest, h), cross(h, e)].map((row) => scale(row, 1 / determinant));
  }
  const [hh, he, ee] = [dot(h, h), dot(h, e), dot(e, e)];
  const determinant = hh * ee - he * he;
  return [
    scale(add(scale(h, ee), scale(e, -he)), 1 / determinant),
    scale(add(scale(e, hh), scale(h, -he)), 1 / determinant),
  ];
}

/** 3 x 3 by rows: takes a density apart by `rows`, and puts it together of `stains` times `factors`. */
export function composeMap(
  stains: readonly Vector3[],
  rows: readonly Vector3[],
  factors: readonly number[],
): Float64Array {
  const map = new Float64Array(9);
  for (const [k, stain] of stains.entries()) {
    const row = rows[k] ?? [0, 0, 0];
    const factor = factors[k] ?? 0;
    for (let i = 0; i < 9; i++) map[i] = (map[i] ?? 0) + (stain[Math.floor(i / 3)] ?? 0) * factor * (row[i % 3] ?? 0);
  }
  return map;
}
