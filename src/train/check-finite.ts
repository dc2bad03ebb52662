import { TrainingError } from '../utils/errors.ts';
import type { ParameterMap } from './parameters.ts';

export interface StepNumbers {
  readonly loss: number;
  readonly gradientNorm: number;
  /** New running statistics of batch normalisation. */
  readonly statistics?: ParameterMap;
}

/**
 * Stops a run whose loss, gradients or running statistics are no longer numbers, before they reach the weights.
 * @param batch how the error names the batch
 * @throws TrainingError
 */
export function checkFinite({ loss, gradientNorm, statistics }: StepNumbers, step: number, batch?: string): void {
  const what = !Number.isFinite(loss)
    ? `the loss is ${loss}`
    : Number.isFinite(gradientNorm)
      ? describeStatistics(statistics)
      : `the gradients have the length ${gradientNorm}`;
  if (what === undefined) return;
  throw new TrainingError(step, batch === undefined ? what : `${batch}: ${what}`, {
    hint: 'lower the learning rate or clip gradients (clipNorm), and look at the examples of this batch',
  });
}

function describeStatistics(statistics: ParameterMap = new Map()): string | undefined {
  const bad = [...statistics].find(([, values]) => !values.every(Number.isFinite));
  return bad && `the running statistics ${bad[0]} are no numbers`;
}
