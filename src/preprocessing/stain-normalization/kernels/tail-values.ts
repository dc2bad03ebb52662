/** Float64 values of pixels that are given as R + 256 G + 65536 B, and in the high byte the bits of the tails they lie in. */

const ALL = 0;

/**
 * `row · density` of the pixels with `bit` (0: of all), into `out`, which has room for them. Returns how many there are. The order
 * of the operations is that of `computeConcentrations`.
 */
export function computeTailConcentrations(
  pixels: Uint32Array,
  bit: number,
  density: Float64Array,
  row: ArrayLike<number>,
  out: Float64Array,
): number {
  const [wr, wg, wb] = [row[0]!, row[1]!, row[2]!];
  let count = 0;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    if (bit !== ALL && (pixel & bit) === 0) continue;
    out[count++] =
      wr * density[pixel & 255]! + wg * density[(pixel >>> 8) & 255]! + wb * density[(pixel >>> 16) & 255]!;
  }
  return count;
}

/**
 * Slope `(density · y) / (density · x)` of the pixels with `bit` (0: of all): where the divisor is above 0 it grows with the
 * angle. `axes` has x, then y.
 */
export function computeTailSlopes(
  pixels: Uint32Array,
  bit: number,
  density: Float64Array,
  axes: ArrayLike<number>,
  out: Float64Array,
): number {
  let count = 0;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    if (bit !== ALL && (pixel & bit) === 0) continue;
    const r = density[pixel & 255]!;
    const g = density[(pixel >>> 8) & 255]!;
    const b = density[(pixel >>> 16) & 255]!;
    out[count++] = (r * axes[3]! + g * axes[4]! + b * axes[5]!) / (r * axes[0]! + g * axes[1]! + b * axes[2]!);
  }
  return count;
}

/** How many of the first `count` numbers are at most `edge` (`sign` 1), or at least `edge` (`sign` -1). */
export function countWithin(values: Float64Array, count: number, edge: number, sign: 1 | -1): number {
  let within = 0;
  for (let i = 0; i < count; i++) if (sign * values[i]! <= sign * edge) within++;
  return within;
}

/** Whether any pixel has `bit`. */
export function hasBit(pixels: Uint32Array, bit: number): boolean {
  for (let i = 0; i < pixels.length; i++) if ((pixels[i]! & bit) !== 0) return true;
  return false;
}
