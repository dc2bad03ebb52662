/**
 * `out = matrix · rgb + offset` for each pixel in place, rounded and held within 0..255. `matrix` is 3 x 3 by rows, `offset`
 * three grey levels.
 */
export function mapColors(rgb: Uint8Array, matrix: Float64Array, offset: Float64Array): void {
  for (let p = 0; p < rgb.length; p += 3) {
    const r = rgb[p]!;
    const g = rgb[p + 1]!;
    const b = rgb[p + 2]!;
    for (let c = 0; c < 3; c++) {
      const value = matrix[3 * c]! * r + matrix[3 * c + 1]! * g + matrix[3 * c + 2]! * b + offset[c]! + 0.5;
      rgb[p + c] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
}

/** Mean over pixels of the three channels, weighted by `weights`. */
export function computeMeanGrey(rgb: Uint8Array, weights: readonly [number, number, number]): number {
  let sum = 0;
  for (let p = 0; p < rgb.length; p += 3)
    sum += weights[0] * rgb[p]! + weights[1] * rgb[p + 1]! + weights[2] * rgb[p + 2]!;
  return sum / (rgb.length / 3);
}

/** Grey pixels as RGB. */
export function expandGrey(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0, to = 0; i < grey.length; i++) {
    rgb[to++] = grey[i]!;
    rgb[to++] = grey[i]!;
    rgb[to++] = grey[i]!;
  }
  return rgb;
}
