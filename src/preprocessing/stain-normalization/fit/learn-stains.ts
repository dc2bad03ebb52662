/**
 * Sparse dictionary learning of two stains: the D >= 0 with columns of length 1 at most for which the mean over pixels of
 * `min over a >= 0 of |x - D a|² / 2 + 0.1 * (a1 + a2)` is small. Concentrations and stains are improved in turns, both
 * exactly, from Ruifrok's vectors on: the same pixels give the same stains.
 * Source: A. Vahadane et al., IEEE TMI 35 (2016) 1962-1971.
 */
import { computePairCost, improvePair } from '../kernels/improve-pair.ts';
import { sumPairProducts } from '../kernels/pair-products.ts';
import { pickPixels } from '../kernels/pick-pixels.ts';
import type { Vector3 } from '../stain-method.ts';
import { RUIFROK_EOSIN, RUIFROK_HAEMATOXYLIN } from '../vectors/ruifrok-vectors.ts';
import { normalize, vectorAt } from '../vectors/vectors.ts';

export const LEARNING_PENALTY = 0.1;
/** A turn that lowers the mean by a smaller part of it is the last. */
const CONVERGED = 1e-7;
const MOST_TURNS = 300;
const FEW_PIXELS = 2 ** 14;

export interface LearnedStains {
  /** Unit length, in no order. */
  readonly stains: readonly [Vector3, Vector3];
  /** The mean that was reached. */
  readonly objective: number;
  readonly turns: number;
}

/** `rgb`: tissue only. Most turns are taken over a part of many pixels, the last ones over all of them. */
export function learnStains(rgb: Uint8Array, density: Float64Array): LearnedStains {
  const stains = Float64Array.from([...normalize(RUIFROK_HAEMATOXYLIN), ...normalize(RUIFROK_EOSIN)]);
  const few = pickPixels(rgb, FEW_PIXELS);
  let { objective, turns } = descend(few, density, stains);
  if (few !== rgb) {
    const last = descend(rgb, density, stains);
    objective = last.objective;
    turns += last.turns;
  }
  // A stain of length 0 has no direction: the caller sees that it isn't finite.
  return { stains: [normalize(vectorAt(stains, 0)), normalize(vectorAt(stains, 3))], objective, turns };
}

/** Improves `stains` in place. */
function descend(rgb: Uint8Array, density: Float64Array, stains: Float64Array): Omit<LearnedStains, 'stains'> {
  let objective = Number.POSITIVE_INFINITY;
  for (let turns = 1; ; turns++) {
    const sums = sumPairProducts(rgb, density, { stains, penalty: LEARNING_PENALTY });
    const reached = computePairCost(stains, sums, LEARNING_PENALTY, rgb.length / 3);
    const gain = objective - reached;
    objective = reached;
    if (turns === MOST_TURNS || !(gain > CONVERGED * reached)) return { objective, turns };
    improvePair(stains, sums);
  }
}
