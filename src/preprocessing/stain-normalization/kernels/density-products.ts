/** Sums of products of optical densities over all pixels: 3 x 3, by rows. Its eigenvectors are the singular vectors. */
export function computeDensityProducts(rgb: Uint8Array, density: Float64Array): Float64Array {
  const sums = new Float64Array(9);
  for (let p = 0; p < rgb.length; p += 3) {
    const r = density[rgb[p]!]!;
    const g = density[rgb[p + 1]!]!;
    const b = density[rgb[p + 2]!]!;
    sums[0]! += r * r;
    sums[1]! += r * g;
    sums[2]! += r * b;
    sums[4]! += g * g;
    sums[5]! += g * b;
    sums[8]! += b * b;
  }
  sums[3] = sums[1]!;
  sums[6] = sums[2]!;
  sums[7] = sums[5]!;
  return sums;
}
