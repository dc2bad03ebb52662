import { type Evaluation, evaluate } from '../../train/metrics/evaluate.ts';
import type { Predictions } from '../../train/metrics/predictions.ts';
import type { Decision } from './decide-slide.ts';
import type { KnownSlide } from './read-labels.ts';
import type { SlideRow } from './slide-row.ts';

const SEED = 42;

/** Figures of the slides that are done and whose label is known. */
export interface CohortFigures {
  readonly evaluation: Evaluation;
  readonly predictions: Predictions;
  /** Slides of the table of labels that are not among the predicted ones, whatever became of them. */
  readonly withoutPrediction: number;
}

/**
 * Holds predictions against labels; undefined where no slide has both. Intervals are of 1,000 resamples of patients, or of slides
 * where the table names none.
 */
export function computeCohortFigures(
  rows: readonly SlideRow[],
  { known, decision }: { known: ReadonlyMap<string, KnownSlide>; decision: Decision },
): CohortFigures | undefined {
  const found = rows.flatMap(({ slide, verdict }) => {
    const label = known.get(slide);
    return label && verdict ? [{ ...label, slide, probabilities: verdict.probabilities }] : [];
  });
  if (found.length === 0) return undefined;
  const classCount = decision.classes.length;
  const predictions = {
    labels: found.map(({ label }) => label),
    probabilities: Float64Array.from(found.flatMap(({ probabilities }) => probabilities)),
    classCount,
  };
  const groups = found.map(({ patient, slide }) => patient ?? slide);
  const evaluation = evaluate(predictions, { threshold: decision.threshold, bootstrap: { seed: SEED, groups } });
  return { evaluation, predictions, withoutPrediction: known.size - found.length };
}
