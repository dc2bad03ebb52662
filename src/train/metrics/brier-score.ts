import type { Predictions } from './predictions.ts';

/**
 * Mean squared distance of probabilities from what examples are (G. W. Brier, 1950): of two classes that of the second class's
 * probability, 0 to 1, as scikit-learn has it; of more the sum over classes, 0 to 2. Undefined without examples.
 */
export function computeBrierScore({ labels, probabilities, classCount }: Predictions): number | undefined {
  if (labels.length === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < labels.length; i++)
    for (let k = classCount === 2 ? 1 : 0; k < classCount; k++)
      sum += ((probabilities[i * classCount + k] ?? 0) - (labels[i] === k ? 1 : 0)) ** 2;
  return sum / labels.length;
}
