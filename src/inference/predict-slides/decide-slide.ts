import { findPredicted } from '../classify/score-rows.ts';
import { type AggregateOptions, aggregatePatches } from '../mil/aggregate.ts';
import type { BagPrediction } from '../mil/read-bag-outputs.ts';
import type { PredictSlidesSettings } from './options.ts';
import type { SlideVerdict } from './slide-row.ts';

/** How probabilities become a class. */
export interface Decision {
  readonly classes: readonly string[];
  /** Undefined where there are more than two classes. */
  readonly threshold: number | undefined;
}

/**
 * Probabilities of a slide.
 * @throws RangeError where patches have none to go over; `checkAggregate` says it first
 */
export function combinePatches(
  { probabilities, instanceProbabilities }: BagPrediction,
  classCount: number,
  { aggregate, topK, quantile }: Pick<PredictSlidesSettings, 'aggregate' | 'topK' | 'quantile'>,
): Float32Array {
  if (aggregate === 'attention') return probabilities;
  if (!instanceProbabilities) throw new RangeError('expected probabilities of patches but received none');
  const options: AggregateOptions = { aggregate, topK, quantile };
  return aggregatePatches(instanceProbabilities, classCount, options);
}

export function decideSlide(probabilities: Float32Array, { classes, threshold }: Decision): SlideVerdict {
  const [first = 0, second = 0] = probabilities;
  if (threshold !== undefined) {
    const label = second >= threshold ? 1 : 0;
    return {
      ...{ probabilities: [first, second], predicted: classes[label] ?? '' },
      ...{ confidence: label === 1 ? second : first, margin: Math.abs(second - threshold) },
    };
  }
  const [most = 0, next = 0] = probabilities.toSorted().toReversed();
  const predicted = classes[findPredicted(probabilities)] ?? '';
  return { probabilities: [...probabilities], predicted, confidence: most, margin: most - next };
}
