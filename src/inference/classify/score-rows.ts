import { softmaxRows } from '../../train/metrics/kernels/softmax-rows.ts';
import type { Classifier } from './open-classifier.ts';

/** How rows of numbers become rows of scores, and scores a decision. */
export interface Scoring {
  readonly classes: readonly string[];
  /** Scores of a row are probabilities that add up to 1: of classes that exclude each other. */
  readonly exclusive: boolean;
  /** Scores lie between 0 and 1. */
  readonly probabilities: boolean;
  readonly threshold: number | undefined;
  /** What a model gave for some pictures as scores: rows x classes. */
  toScores(outputs: Float32Array): Float32Array;
}

/** @param threshold the user's; else the card's, else 0.5 where one is needed */
export function createScoring(
  { facts, activation, classes, width }: Pick<Classifier, 'facts' | 'activation' | 'classes' | 'width'>,
  threshold: number | undefined,
): Scoring {
  const binary = classes.length === 2;
  const single = width === 1;
  const kind = activation === 'none' ? facts.ending : activation;
  const several = kind === 'sigmoid' && !single;
  const probabilities = kind !== undefined;
  const usual = probabilities && (several || binary) ? 0.5 : undefined;
  const toRow = (outputs: Float32Array) => {
    if (activation === 'softmax') return softmaxRows(outputs, width);
    return activation === 'sigmoid' ? outputs.map(toProbability) : outputs;
  };
  return {
    ...{ classes, probabilities, exclusive: probabilities && !several },
    threshold: threshold ?? facts.card?.threshold ?? usual,
    toScores: (outputs) => (single ? addFirstClass(toRow(outputs)) : toRow(outputs)),
  };
}

/** The class with the most; of several the first. */
export function findPredicted(scores: Float32Array): number {
  let best = 0;
  for (let label = 1; label < scores.length; label++) if ((scores[label] ?? 0) > (scores[best] ?? 0)) best = label;
  return best;
}

/**
 * What the threshold makes of a row: of two classes one, of more that exclude each other the most probable one or nothing, else
 * all that reach it, joined by `;`. Undefined without a threshold.
 */
export function decide(scores: Float32Array, { classes, exclusive, threshold }: Scoring): string | undefined {
  if (threshold === undefined) return undefined;
  if (exclusive && classes.length === 2) return classes[(scores[1] ?? 0) >= threshold ? 1 : 0];
  const reached = classes.filter((_, label) => (scores[label] ?? 0) >= threshold);
  if (!exclusive) return reached.join(';');
  const predicted = findPredicted(scores);
  return (scores[predicted] ?? 0) >= threshold ? classes[predicted] : '';
}

function toProbability(logit: number): number {
  // Without overflow on either side.
  const small = Math.exp(-Math.abs(logit));
  return logit >= 0 ? 1 / (1 + small) : small / (1 + small);
}

/** Two classes of the probability of the second. */
function addFirstClass(second: Float32Array): Float32Array {
  const both = new Float32Array(2 * second.length);
  for (const [row, value] of second.entries()) both.set([1 - value, value], 2 * row);
  return both;
}
