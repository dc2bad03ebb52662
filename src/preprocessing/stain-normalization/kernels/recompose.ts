/** How densities become grey levels again. */
export interface Recomposition {
  /** Grey level without any density. */
  readonly intensity: number;
  /** What a value above 255 becomes. */
  readonly over: number;
  /** Subtracted at last; a value below 0 becomes 0. */
  readonly less?: number;
}

/**
 * `out = intensity * exp(-(map · density))` for each pixel, less `less`, truncated to bytes; `map` is 3 x 3 by rows. `out` may be `rgb`.
 */
export function recompose(
  rgb: Uint8Array,
  density: Float64Array,
  map: Float64Array,
  { intensity, over, less = 0 }: Recomposition,
  out: Uint8Array,
): void {
  for (let p = 0; p < rgb.length; p += 3) {
    const r = density[rgb[p]!]!;
    const g = density[rgb[p + 1]!]!;
    const b = density[rgb[p + 2]!]!;
    for (let c = 0; c < 3; c++) {
      const value = intensity * Math.exp(-(map[3 * c]! * r + map[3 * c + 1]! * g + map[3 * c + 2]! * b)) - less;
      // Truncation is the peers' conversion to uint8.
      out[p + c] = value > 255 ? over : value < 0 ? 0 : value;
    }
  }
}
