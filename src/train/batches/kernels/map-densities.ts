export interface DensityChange {
  /** 3 x 3 by rows, of densities. */
  readonly map: Float64Array;
  /** Level plus one of each channel where nothing is dense. */
  readonly light: Float64Array;
}

/** `light * exp(-(map · density)) - 1` for each pixel in place, rounded and held within 0..255. */
export function mapDensities(rgb: Uint8Array, density: Float64Array, { map, light }: DensityChange): void {
  for (let p = 0; p < rgb.length; p += 3) {
    const r = density[rgb[p]!]!;
    const g = density[rgb[p + 1]!]!;
    const b = density[rgb[p + 2]!]!;
    for (let c = 0; c < 3; c++) {
      const level = light[c]! * Math.exp(-(map[3 * c]! * r + map[3 * c + 1]! * g + map[3 * c + 2]! * b)) - 0.5;
      rgb[p + c] = level < 0 ? 0 : level > 255 ? 255 : level;
    }
  }
}
