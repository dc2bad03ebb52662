import { checkInteger } from '../../utils/options.ts';
import type { Predictions } from './predictions.ts';

/** Examples whose probability lies in [from, to); the last bin has its end too. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability; undefined in an empty bin. */
  readonly confidence: number | undefined;
  /** Share of examples that are what was said; undefined in an empty bin. */
  readonly accuracy: number | undefined;
}

/**
 * How far probabilities can be believed: of two classes that of the second one, of more that of the most probable one.
 * @param binCount bins of the same width. Default 10.
 */
export function createReliabilityBins(predictions: Predictions, binCount = 10): ReliabilityBin[] {
  checkInteger('binCount', binCount, { min: 1 });
  const sums = Array.from({ length: binCount }, () => ({ count: 0, confidence: 0, hits: 0 }));
  for (let i = 0; i < predictions.labels.length; i++) {
    const { probability, hit } = getClaim(predictions, i);
    const bin = sums[Math.min(binCount - 1, Math.floor(probability * binCount))];
    if (!bin) continue;
    bin.count++;
    bin.confidence += probability;
    bin.hits += hit ? 1 : 0;
  }
  return sums.map(({ count, confidence, hits }, k) => ({
    from: k / binCount,
    to: (k + 1) / binCount,
    count,
    confidence: count === 0 ? undefined : confidence / count,
    accuracy: count === 0 ? undefined : hits / count,
  }));
}

/** Expected calibration error: mean distance of confidence and accuracy, weighted by examples (M. P. Naeini et al., 2015). */
export function computeCalibrationError(bins: readonly ReliabilityBin[]): number | undefined {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const gap = ({ confidence = 0, accuracy = 0 }: ReliabilityBin) => Math.abs(confidence - accuracy);
  return bins.reduce((sum, bin) => sum + bin.count * gap(bin), 0) / total;
}

function getClaim(
  { labels, probabilities, classCount }: Predictions,
  i: number,
): { probability: number; hit: boolean } {
  const get = (label: number) => probabilities[i * classCount + label] ?? 0;
  if (classCount === 2) return { probability: get(1), hit: labels[i] === 1 };
  let best = 0;
  for (let k = 1; k < classCount; k++) if (get(k) > get(best)) best = k;
  return { probability: get(best), hit: labels[i] === best };
}
