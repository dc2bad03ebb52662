/**
 * Concentration of one stain in each pixel: `row · density`, `row` being one row of the (pseudo-)inverse of the stain
 * matrix. `out` has one number a pixel.
 */
export function computeConcentrations(
  rgb: Uint8Array,
  density: Float64Array,
  row: Float64Array,
  out: Float64Array,
): void {
  const [wr, wg, wb] = [row[0]!, row[1]!, row[2]!];
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3)
    out[i] = wr * density[rgb[p]!]! + wg * density[rgb[p + 1]!]! + wb * density[rgb[p + 2]!]!;
}
