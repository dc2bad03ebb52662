/**
 * One stain as a grey picture: `256 * exp(-(row · density)) - 1`, truncated to bytes within 0..255. `out` has one byte a
 * pixel.
 */
export function drawStain(rgb: Uint8Array, density: Float64Array, row: Float64Array, out: Uint8Array): void {
  const [wr, wg, wb] = [row[0]!, row[1]!, row[2]!];
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    const sum = wr * density[rgb[p]!]! + wg * density[rgb[p + 1]!]! + wb * density[rgb[p + 2]!]!;
    const value = 256 * Math.exp(-sum) - 1;
    out[i] = value > 255 ? 255 : value < 0 ? 0 : value;
  }
}
