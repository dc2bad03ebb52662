/**
 * Sparse dictionary learning of two stains: the D >= 0 with columns of length 1 at most for which the mean over pixels of
 * `min over a >= 0 of |x - D a|² / 2 + 0.1 * (a1 + a2)` is small. Concentrations and stains are improved in turns, both
 * exactly, from Ruifrok's vectors on: the same pixels give the same stains.
 * Memory: 2^18 pixels at most with 19 bytes each.
 * Source: A. Vahadane et al., IEEE TMI 35 (2016) 1962-1971.
 */
import { computePairCost, improvePair } from './kernels/improve-pair.ts';
import { PAIR_SUMS, sumPairProducts } from './kernels/pair-products.ts';
import { computeSparsePair } from './kernels/sparse-pair.ts';
import { RUIFROK_EOSIN, RUIFROK_HAEMATOXYLIN } from './ruifrok-vectors.ts';
import type { Vector3 } from './stain-method.ts';
import { normalize, vectorAt } from './vectors.ts';

export const LEARNING_PENALTY = 0.1;
/** A turn that lowers the mean by a smaller part of it is the last. */
const CONVERGED = 1e-7;
const MOST_TURNS = 300;

export interface LearnedStains {
  /** Unit length, in no order. */
  readonly stains: readonly [Vector3, Vector3];
  /** The mean that was reached. */
  readonly objective: number;
  readonly turns: number;
}

/** `rgb`: tissue only. */
export function learnStains(rgb: Uint8Array, density: Float64Array): LearnedStains {
  const count = rgb.length / 3;
  const stains = Float64Array.from([...normalize(RUIFROK_HAEMATOXYLIN), ...normalize(RUIFROK_EOSIN)]);
  const amounts = [new Float64Array(count), new Float64Array(count)] as const;
  const sums = new Float64Array(PAIR_SUMS.length);
  let objective = Number.POSITIVE_INFINITY;
  let turns = 0;
  for (;;) {
    turns++;
    computeSparsePair(rgb, density, { stains, penalty: LEARNING_PENALTY }, amounts);
    sumPairProducts(rgb, density, amounts, sums);
    const reached = computePairCost(stains, sums, LEARNING_PENALTY, count);
    const gain = objective - reached;
    objective = reached;
    // A stain of length 0 can't be told: the caller sees that it has no direction.
    if (turns === MOST_TURNS || !(gain > CONVERGED * reached)) break;
    improvePair(stains, sums);
  }
  return { stains: [normalize(vectorAt(stains, 0)), normalize(vectorAt(stains, 3))], objective, turns };
}
