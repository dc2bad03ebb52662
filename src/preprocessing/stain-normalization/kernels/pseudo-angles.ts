/** Where `computePseudoAngles` writes: as many numbers as there are pixels. */
export interface PseudoAngles {
  readonly angles: Float64Array;
  /** Which pixel each angle belongs to. */
  readonly pixels: Uint32Array;
}

/**
 * HistomicsTK's stand-in for an angle in a plane, which grows as the angle does: `(1 - y) * sign(x)` of the unit vector.
 * `axes` holds x and y (three numbers each). Pixels whose density in the plane is at most `minimum` are left out.
 * Returns how many there are.
 */
export function computePseudoAngles(
  rgb: Uint8Array,
  density: Float64Array,
  axes: Float64Array,
  minimum: number,
  { angles, pixels }: PseudoAngles,
): number {
  let count = 0;
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    const r = density[rgb[p]!]!;
    const g = density[rgb[p + 1]!]!;
    const b = density[rgb[p + 2]!]!;
    const x = r * axes[0]! + g * axes[1]! + b * axes[2]!;
    const y = r * axes[3]! + g * axes[4]! + b * axes[5]!;
    const magnitude = Math.sqrt(x * x + y * y);
    if (magnitude <= minimum) continue;
    angles[count] = (1 - y / magnitude) * Math.sign(x);
    pixels[count++] = i;
  }
  return count;
}
