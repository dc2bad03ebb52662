/**
 * Angle of the optical density in the plane of two axes, in radians: `atan2(density · y, density · x)`.
 * Of the pixels none of whose channels is above `brightest`, in their order; `axes` holds x and y (three numbers each).
 */
export function computePlaneAngles(
  rgb: Uint8Array,
  density: Float64Array,
  brightest: number,
  axes: Float64Array,
  angles: Float64Array,
): void {
  for (let p = 0, at = 0; p < rgb.length; p += 3) {
    if (Math.max(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!) > brightest) continue;
    const r = density[rgb[p]!]!;
    const g = density[rgb[p + 1]!]!;
    const b = density[rgb[p + 2]!]!;
    const x = r * axes[0]! + g * axes[1]! + b * axes[2]!;
    const y = r * axes[3]! + g * axes[4]! + b * axes[5]!;
    angles[at++] = Math.atan2(y, x);
  }
}
