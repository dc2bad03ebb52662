import { countExamplesAbove, type RankedScores } from './rank-scores.ts';

/** One point of a curve: examples with at least `threshold` are called positive. */
export interface PrecisionRecallPoint {
  readonly threshold: number;
  /** Share of positive examples that are called positive. */
  readonly recall: number;
  /** Share of those called positive that are. */
  readonly precision: number;
}

/** A point for each distinct score, from the highest down; empty without positive examples. */
export function createPrecisionRecallCurve(ranked: RankedScores): PrecisionRecallPoint[] {
  const { positives, negatives, allPositives } = countExamplesAbove(ranked);
  if (allPositives === 0) return [];
  return Array.from(ranked.thresholds, (threshold, group) => {
    const positive = positives[group] ?? 0;
    return { threshold, recall: positive / allPositives, precision: positive / (positive + (negatives[group] ?? 0)) };
  });
}

/**
 * Average precision: precision at each distinct score, weighted by the recall that it adds, without interpolation, as
 * scikit-learn has it. Undefined without positive examples.
 * @param counts how often each example counts
 */
export function computeAveragePrecision(ranked: RankedScores, counts?: Uint32Array): number | undefined {
  const { positives, negatives, allPositives } = countExamplesAbove(ranked, counts);
  if (allPositives === 0) return undefined;
  let sum = 0;
  let before = 0;
  for (const [group, positive] of positives.entries()) {
    if (positive > before) sum += ((positive - before) * positive) / (positive + (negatives[group] ?? 0));
    before = positive;
  }
  return sum / allPositives;
}
