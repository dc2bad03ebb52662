/**
 * `out = intensities[c] * exp(-(map · density))` for each pixel and channel, truncated to bytes and at most 255; `map` is
 * 3 x 3 by rows.
 */
export function recomposeTinted(
  rgb: Uint8Array,
  density: Float64Array,
  map: Float64Array,
  intensities: Float64Array,
  out: Uint8Array,
): void {
  for (let p = 0; p < rgb.length; p += 3) {
    const r = density[rgb[p]!]!;
    const g = density[rgb[p + 1]!]!;
    const b = density[rgb[p + 2]!]!;
    for (let c = 0; c < 3; c++) {
      const value = intensities[c]! * Math.exp(-(map[3 * c]! * r + map[3 * c + 1]! * g + map[3 * c + 2]! * b));
      out[p + c] = value > 255 ? 255 : value;
    }
  }
}
