import { nextHash, toUnit } from './kernels/hash.ts';

/** The next number in [low, high). */
export type Random = (low: number, high: number) => number;

/** Numbers one after the other, for what is chosen once on a slide. */
export function createSequence(seed: number): Random {
  let state = nextHash(seed);
  return (low, high) => {
    state = nextHash(state);
    return low + (high - low) * toUnit(state);
  };
}
