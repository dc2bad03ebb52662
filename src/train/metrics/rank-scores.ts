import { countAbove } from './kernels/count-above.ts';

/** Examples of two classes in the order of their scores: what curves and areas are made of. */
export interface RankedScores {
  /** 1 for a positive example, 0 for a negative one. */
  readonly labels: Uint8Array;
  /** Examples from the highest score down. */
  readonly order: Uint32Array;
  /** Where groups of equal scores end in `order`. */
  readonly ends: Uint32Array;
  /** The distinct scores, falling. */
  readonly thresholds: Float64Array;
}

/**
 * @param isPositive of each example
 * @throws RangeError where a score is no number, or there are not as many scores as examples
 */
export function rankScores(isPositive: ArrayLike<boolean | number>, scores: ArrayLike<number>): RankedScores {
  const values = Float64Array.from(scores);
  if (values.length !== isPositive.length || values.some((score) => Number.isNaN(score)))
    throw new RangeError(`expected ${isPositive.length} scores that are numbers but received ${values.length}`);
  const order = Uint32Array.from(values, (_, example) => example);
  order.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  const ends: number[] = [];
  for (let at = 1; at <= order.length; at++)
    if (at === order.length || values[order[at] ?? 0] !== values[order[at - 1] ?? 0]) ends.push(at);
  const thresholds = Float64Array.from(ends, (end) => values[order[end - 1] ?? 0] ?? 0);
  const labels = Uint8Array.from({ length: values.length }, (_, example) => (isPositive[example] ? 1 : 0));
  return { labels, order, ends: Uint32Array.from(ends), thresholds };
}

/** How many examples have each distinct score or a higher one. */
export interface CountsAbove {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  readonly allPositives: number;
  readonly allNegatives: number;
}

/** @param counts how often each example counts, for resamples; once where undefined */
export function countExamplesAbove(ranked: RankedScores, counts?: Uint32Array): CountsAbove {
  const positives = new Float64Array(ranked.ends.length);
  const negatives = new Float64Array(ranked.ends.length);
  const { labels, order, ends } = ranked;
  countAbove({ labels, order, ends, counts }, positives, negatives);
  return { positives, negatives, allPositives: positives.at(-1) ?? 0, allNegatives: negatives.at(-1) ?? 0 };
}
