import { type BootstrapOptions, type ConfidenceInterval, computeIntervals } from './bootstrap.ts';
import { computeBrierScore } from './brier-score.ts';
import { computeCalibrationError, createReliabilityBins, type ReliabilityBin } from './calibration.ts';
import {
  type ClassFigures,
  type Confusion,
  computeAccuracy,
  computeBalancedAccuracy,
  computeMacroF1,
  countConfusion,
  describeClass,
} from './confusion.ts';
import { computeLogLoss } from './log-loss.ts';
import { averageClasses, rankClasses } from './one-versus-rest.ts';
import { computeAveragePrecision } from './precision-recall.ts';
import { guessClasses, type Predictions, pickClass } from './predictions.ts';
import type { RankedScores } from './rank-scores.ts';
import { computeRocAuc, findYoudenPoint } from './roc.ts';

export interface EvaluateOptions {
  /**
   * Of two classes: examples whose second class has at least this probability are taken for it. Default: the Youden threshold
   * of these very examples. For a test set give that of the validation set.
   */
  threshold?: number | undefined;
  /** Intervals of the areas; default: none. */
  bootstrap?: BootstrapOptions | undefined;
}

/** Figures without a value are undefined: those of a class that is not there. */
export interface Evaluation {
  readonly count: number;
  /** Area under the ROC curve; of more than two classes the mean of each against the rest. */
  readonly auc: number | undefined;
  readonly averagePrecision: number | undefined;
  readonly logLoss: number | undefined;
  readonly brier: number | undefined;
  readonly calibrationError: number | undefined;
  readonly reliability: readonly ReliabilityBin[];
  /** Undefined where there are more than two classes. */
  readonly threshold: number | undefined;
  /** At the threshold; with more than two classes by the most probable class. What follows comes of it. */
  readonly confusion: Confusion;
  readonly accuracy: number | undefined;
  readonly balancedAccuracy: number | undefined;
  readonly macroF1: number | undefined;
  /** By class. */
  readonly classes: readonly ClassFigures[];
  readonly intervals: { readonly auc?: ConfidenceInterval; readonly averagePrecision?: ConfidenceInterval };
}

/** All figures of a set of predictions. @throws RangeError where a label is no class or a probability no number */
export function evaluate(predictions: Predictions, options: EvaluateOptions = {}): Evaluation {
  const { labels, classCount } = predictions;
  const ranked = rankClasses(predictions);
  const threshold = classCount === 2 ? (options.threshold ?? findThreshold(ranked)) : undefined;
  const guesses =
    threshold === undefined
      ? guessClasses(predictions)
      : pickClass(predictions, 1).map((probability) => (probability >= threshold ? 1 : 0));
  const confusion = countConfusion(labels, guesses, classCount);
  const reliability = createReliabilityBins(predictions);
  return {
    count: labels.length,
    auc: averageClasses(ranked, computeRocAuc),
    averagePrecision: averageClasses(ranked, computeAveragePrecision),
    logLoss: computeLogLoss(predictions),
    brier: computeBrierScore(predictions),
    calibrationError: computeCalibrationError(reliability),
    ...{ reliability, threshold, confusion },
    accuracy: computeAccuracy(confusion),
    balancedAccuracy: computeBalancedAccuracy(confusion),
    macroF1: computeMacroF1(confusion),
    classes: confusion.map((_, label) => describeClass(confusion, label)),
    intervals: options.bootstrap ? createIntervals(ranked, labels.length, options.bootstrap) : {},
  };
}

/** A half where only one of the classes is there. */
function findThreshold([ranked]: readonly RankedScores[]): number {
  return (ranked && findYoudenPoint(ranked)?.threshold) ?? 0.5;
}

function createIntervals(
  ranked: readonly RankedScores[],
  count: number,
  options: BootstrapOptions,
): Evaluation['intervals'] {
  const figures = [computeRocAuc, computeAveragePrecision].map(
    (figure) => (counts: Uint32Array) => averageClasses(ranked, figure, counts),
  );
  const [auc, averagePrecision] = computeIntervals(count, figures, options);
  return { ...(auc && { auc }), ...(averagePrecision && { averagePrecision }) };
}
