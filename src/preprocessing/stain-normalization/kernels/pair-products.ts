/** Places of what `sumPairProducts` sums up; `X*` stand for three numbers, of R, G and B. */
export const PAIR_SUMS = { a1: 0, a2: 1, a1a1: 2, a1a2: 3, a2a2: 4, xx: 5, Xa1: 6, Xa2: 9, length: 12 } as const;

/**
 * Sums over pixels of the concentrations a1 and a2, of their products, and of those with the densities X: all that the best
 * stains for these concentrations, and how well they fit, depend on. `sums` is written over.
 */
export function sumPairProducts(
  rgb: Uint8Array,
  density: Float64Array,
  [first, second]: readonly [Float64Array, Float64Array],
  sums: Float64Array,
): void {
  sums.fill(0);
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    const a1 = first[i]!;
    const a2 = second[i]!;
    sums[PAIR_SUMS.a1]! += a1;
    sums[PAIR_SUMS.a2]! += a2;
    sums[PAIR_SUMS.a1a1]! += a1 * a1;
    sums[PAIR_SUMS.a1a2]! += a1 * a2;
    sums[PAIR_SUMS.a2a2]! += a2 * a2;
    for (let c = 0; c < 3; c++) {
      const x = density[rgb[p + c]!]!;
      sums[PAIR_SUMS.xx]! += x * x;
      sums[PAIR_SUMS.Xa1 + c]! += x * a1;
      sums[PAIR_SUMS.Xa2 + c]! += x * a2;
    }
  }
}
