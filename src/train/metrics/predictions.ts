/** Probabilities of each class for each example, and what the examples are. */
export interface Predictions {
  readonly labels: ArrayLike<number>;
  /** Examples x classes; each row adds up to 1. */
  readonly probabilities: ArrayLike<number>;
  readonly classCount: number;
}

/** Probability of one class for each example. */
export function pickClass({ probabilities, classCount, labels }: Predictions, label: number): Float64Array {
  return Float64Array.from({ length: labels.length }, (_, i) => probabilities[i * classCount + label] ?? 0);
}

/** The most probable class of each example; of several the first. */
export function guessClasses({ probabilities, classCount, labels }: Predictions): Uint32Array {
  return Uint32Array.from({ length: labels.length }, (_, i) => {
    let best = 0;
    for (let k = 1; k < classCount; k++)
      if ((probabilities[i * classCount + k] ?? 0) > (probabilities[i * classCount + best] ?? 0)) best = k;
    return best;
  });
}
