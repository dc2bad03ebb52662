import { countExamplesAbove, type RankedScores } from './rank-scores.ts';

/** One point of a curve: examples with at least `threshold` are called positive. */
export interface RocPoint {
  /** Infinity where nothing is. */
  readonly threshold: number;
  /** Share of negative examples called positive: 1 - specificity. */
  readonly falsePositiveRate: number;
  /** Share of positive examples called positive: sensitivity. */
  readonly truePositiveRate: number;
}

/**
 * Area under the receiver operating characteristic: the probability that a positive example scores higher than a negative
 * one, a tie counting half (Mann & Whitney). Undefined where one of the classes is missing.
 * @param counts how often each example counts
 */
export function computeRocAuc(ranked: RankedScores, counts?: Uint32Array): number | undefined {
  const { positives, negatives, allPositives, allNegatives } = countExamplesAbove(ranked, counts);
  if (allPositives === 0 || allNegatives === 0) return undefined;
  let area = 0;
  let [before, width] = [0, 0];
  for (const [group, negative] of negatives.entries()) {
    const positive = positives[group] ?? 0;
    area += ((negative - width) * (positive + before)) / 2;
    [before, width] = [positive, negative];
  }
  return area / (allPositives * allNegatives);
}

/** The curve from (0, 0) to (1, 1), a point for each distinct score; empty where one of the classes is missing. */
export function createRocCurve(ranked: RankedScores): RocPoint[] {
  const { positives, negatives, allPositives, allNegatives } = countExamplesAbove(ranked);
  if (allPositives === 0 || allNegatives === 0) return [];
  const points = Array.from(ranked.thresholds, (threshold, group) => ({
    threshold,
    falsePositiveRate: (negatives[group] ?? 0) / allNegatives,
    truePositiveRate: (positives[group] ?? 0) / allPositives,
  }));
  return [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }, ...points];
}

/**
 * The point of the curve with the most sensitivity + specificity - 1 (W. J. Youden, 1950); of several that with the highest
 * threshold. Undefined where one of the classes is missing.
 */
export function findYoudenPoint(ranked: RankedScores): RocPoint | undefined {
  const { positives, negatives, allPositives, allNegatives } = countExamplesAbove(ranked);
  // In whole numbers, so that what is equal is not told apart by rounding.
  const gains = Array.from(positives, (positive, k) => positive * allNegatives - (negatives[k] ?? 0) * allPositives);
  const best = gains.reduce((found, gain, k) => (gain > (gains[found] ?? 0) ? k : found), 0);
  return createRocCurve(ranked)[best + 1];
}

/**
 * A threshold with the Youden point's figures, as far from examples as can be: half way from the point's score down to the next
 * one. The score itself, which is that of the least positive example where classes are apart, would miss the next one below it.
 * Undefined where one of the classes is missing.
 */
export function findMiddleThreshold(ranked: RankedScores): number | undefined {
  const point = findYoudenPoint(ranked);
  if (!point) return undefined;
  const below = ranked.thresholds.find((score) => score < point.threshold);
  return below === undefined ? point.threshold : (point.threshold + below) / 2;
}
