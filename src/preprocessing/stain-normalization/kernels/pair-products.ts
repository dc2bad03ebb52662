import { createPairSolver, type PairProblem } from './sparse-pair.ts';

/** Places of what `sumPairProducts` sums up; `X*` stand for three numbers, of R, G and B. */
export const PAIR_SUMS = { a1: 0, a2: 1, a1a1: 2, a1a2: 3, a2a2: 4, xx: 5, Xa1: 6, Xa2: 9, length: 12 } as const;

/**
 * Sums over pixels of the concentrations a1 and a2 that solve `problem`, of their products, and of those with the densities X:
 * all that the best stains for these concentrations, and how well they fit, depend on.
 */
export function sumPairProducts(rgb: Uint8Array, density: Float64Array, problem: PairProblem): Float64Array {
  const solve = createPairSolver(problem);
  const pair = new Float64Array(2);
  // Local variables stay in registers, which is worth a factor of three.
  let [a1, a2, a1a1, a1a2, a2a2, xx, r1, g1, b1, r2, g2, b2] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let p = 0; p < rgb.length; p += 3) {
    const r = density[rgb[p]!]!;
    const g = density[rgb[p + 1]!]!;
    const b = density[rgb[p + 2]!]!;
    solve(r, g, b, pair);
    const first = pair[0]!;
    const second = pair[1]!;
    a1 += first;
    a2 += second;
    a1a1 += first * first;
    a1a2 += first * second;
    a2a2 += second * second;
    xx += r * r + g * g + b * b;
    r1 += r * first;
    g1 += g * first;
    b1 += b * first;
    r2 += r * second;
    g2 += g * second;
    b2 += b * second;
  }
  return Float64Array.of(a1, a2, a1a1, a1a2, a2a2, xx, r1, g1, b1, r2, g2, b2);
}
