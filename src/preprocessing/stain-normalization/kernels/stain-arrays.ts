/**
 * Macenko's method line by line, an array for each: what textbooks and NumPy programs do. The same numbers as the kernels that look at
 * one pixel after the other, in 8 bytes for each of them.
 */

/** Of each sample: 24 bytes a pixel. */
export function listDensities(rgb: Uint8Array, density: Float64Array): Float64Array {
  const out = new Float64Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) out[i] = density[rgb[i]!]!;
  return out;
}

/** Densities of the pixels none of whose channels has less than `least`. */
export function selectDense(densities: Float64Array, least: number): Float64Array {
  const dense = new Float64Array(densities.length);
  let at = 0;
  for (let p = 0; p < densities.length; p += 3) {
    const r = densities[p]!;
    const g = densities[p + 1]!;
    const b = densities[p + 2]!;
    if (r < least || g < least || b < least) continue;
    dense[at] = r;
    dense[at + 1] = g;
    dense[at + 2] = b;
    at += 3;
  }
  return dense.subarray(0, at);
}

/** Each pixel's three numbers times each row: 8 bytes a pixel and row. */
export function multiplyRows(values: Float64Array, rows: readonly ArrayLike<number>[]): Float64Array {
  const width = rows.length;
  const out = new Float64Array((values.length / 3) * width);
  for (let k = 0; k < width; k++) {
    const a = rows[k]![0]!;
    const b = rows[k]![1]!;
    const c = rows[k]![2]!;
    for (let p = 0, at = k; p < values.length; p += 3, at += width)
      out[at] = values[p]! * a + values[p + 1]! * b + values[p + 2]! * c;
  }
  return out;
}

/** `atan2(y, x)` of pairs x, y. */
export function listAngles(pairs: Float64Array): Float64Array {
  const out = new Float64Array(pairs.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Math.atan2(pairs[2 * i + 1]!, pairs[2 * i]!);
  return out;
}

/** Every `width`-th number from `at` on. */
export function pickColumn(values: Float64Array, at: number, width: number): Float64Array {
  const out = new Float64Array(values.length / width);
  for (let i = 0; i < out.length; i++) out[i] = values[width * i + at]!;
  return out;
}

/** Levels of densities, at most 255, before they are cut to integers. */
export function listLevels(densities: Float64Array, intensity: number): Float64Array {
  const out = new Float64Array(densities.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.min(255, intensity * Math.exp(-densities[i]!));
  return out;
}
