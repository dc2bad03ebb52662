import { PAIR_SUMS } from './pair-products.ts';

const ROUNDS = 50;
/** A change of a stain's components below this is none. */
const SETTLED = 1e-10;

/**
 * Moves two stains (three numbers each, 0 or more, at most length 1) to those that fit the sums best, one after the other
 * until they rest. Source: J. Mairal et al., JMLR 11 (2010) 19-60, algorithm 2. A stain that no pixel has stays.
 */
export function improvePair(stains: Float64Array, sums: Float64Array): void {
  const cross = sums[PAIR_SUMS.a1a2]!;
  for (let round = 0; round < ROUNDS; round++) {
    const moved = Math.max(
      moveStain(stains, 0, { own: sums[PAIR_SUMS.a1a1]!, cross, data: sums.subarray(PAIR_SUMS.Xa1) }),
      moveStain(stains, 3, { own: sums[PAIR_SUMS.a2a2]!, cross, data: sums.subarray(PAIR_SUMS.Xa2) }),
    );
    if (moved < SETTLED) return;
  }
}

function moveStain(
  stains: Float64Array,
  at: number,
  { own, cross, data }: { readonly own: number; readonly cross: number; readonly data: Float64Array },
): number {
  if (!(own > 0)) return 0;
  const best = Float64Array.from({ length: 3 }, (_, c) => Math.max(0, (data[c]! - cross * stains[3 - at + c]!) / own));
  const over = Math.max(1, Math.hypot(best[0]!, best[1]!, best[2]!));
  let moved = 0;
  for (let c = 0; c < 3; c++) {
    const value = best[c]! / over;
    moved = Math.max(moved, Math.abs(value - stains[at + c]!));
    stains[at + c] = value;
  }
  return moved;
}

/** Mean of `|x - D a|² / 2 + penalty * (a1 + a2)` over `count` pixels. */
export function computePairCost(stains: Float64Array, sums: Float64Array, penalty: number, count: number): number {
  const [h, e] = [stains.subarray(0, 3), stains.subarray(3, 6)];
  const dot = (a: Float64Array, b: Float64Array) => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
  const fitted = dot(h, sums.subarray(PAIR_SUMS.Xa1)) + dot(e, sums.subarray(PAIR_SUMS.Xa2));
  const own =
    dot(h, h) * sums[PAIR_SUMS.a1a1]! + 2 * dot(h, e) * sums[PAIR_SUMS.a1a2]! + dot(e, e) * sums[PAIR_SUMS.a2a2]!;
  const amounts = sums[PAIR_SUMS.a1]! + sums[PAIR_SUMS.a2]!;
  return ((sums[PAIR_SUMS.xx]! + own) / 2 - fitted + penalty * amounts) / count;
}
