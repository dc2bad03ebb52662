import type { Predictions } from './predictions.ts';

/** Probabilities are held away from 0, whose logarithm has no end. */
const LEAST = 1e-15;

/** Mean of -ln(probability of what the example is). Undefined without examples. */
export function computeLogLoss({ labels, probabilities, classCount }: Predictions): number | undefined {
  if (labels.length === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < labels.length; i++)
    sum -= Math.log(Math.max(LEAST, probabilities[i * classCount + (labels[i] ?? 0)] ?? 0));
  return sum / labels.length;
}
