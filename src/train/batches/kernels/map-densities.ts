const LEVELS = 256;

export interface DensityChange {
  /** 3 x 3 by rows, of densities. */
  readonly map: Float64Array;
  /** Level plus one of each channel where nothing is dense. */
  readonly light: Float64Array;
}

/**
 * `light * exp(-(map · density)) - 1` for each pixel in place, rounded and held within 0..255. The exponential of a sum is a
 * product, so that nine tables of 256 factors stand for it: a fifth of the time at the size of a patch.
 */
export function mapDensities(rgb: Uint8Array, density: Float64Array, { map, light }: DensityChange): void {
  const factors = new Float64Array(9 * LEVELS);
  for (let k = 0; k < 9; k++)
    for (let v = 0; v < LEVELS; v++) factors[k * LEVELS + v] = Math.exp(-map[k]! * density[v]!);
  for (let p = 0; p < rgb.length; p += 3) {
    const r = rgb[p]!;
    const g = LEVELS + rgb[p + 1]!;
    const b = 2 * LEVELS + rgb[p + 2]!;
    for (let c = 0, row = 0; c < 3; c++, row += 3 * LEVELS) {
      const level = light[c]! * factors[row + r]! * factors[row + g]! * factors[row + b]! - 0.5;
      rgb[p + c] = level < 0 ? 0 : level > 255 ? 255 : level;
    }
  }
}
