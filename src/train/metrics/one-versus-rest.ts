import { computeMean } from './confusion.ts';
import { type Predictions, pickClass } from './predictions.ts';
import { type RankedScores, rankScores } from './rank-scores.ts';

/** Each class against all others, by its probability; of two classes only the second. */
export function rankClasses(predictions: Predictions): RankedScores[] {
  const { classCount, labels } = predictions;
  const classes = classCount === 2 ? [1] : Array.from({ length: classCount }, (_, label) => label);
  return classes.map((label) =>
    rankScores(
      Array.from(labels, (own) => own === label),
      pickClass(predictions, label),
    ),
  );
}

/** Mean of a figure over the classes that have one. */
export function averageClasses(
  ranked: readonly RankedScores[],
  compute: (ranked: RankedScores, counts?: Uint32Array) => number | undefined,
  counts?: Uint32Array,
): number | undefined {
  return computeMean(ranked.map((one) => compute(one, counts)));
}
