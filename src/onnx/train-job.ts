/** What the thread of a train step is told, and answers: plain data. Weights move there and back. */
import type { TransferredError } from '../utils/error-transfer.ts';
import type { TrainStepInput, TrainStepResult } from './train-step.ts';

export interface StepJob {
  readonly kind: 'step';
  readonly input: TrainStepInput;
}

export interface StepAnswer {
  readonly kind: 'step';
  /** Undefined where the step failed. */
  readonly result: TrainStepResult | undefined;
  readonly failure: TransferredError | undefined;
  /** Those of the job, as they were. */
  readonly weights: TrainStepInput['weights'];
}

/** Buffers of a step's weights, each once. */
export function listBuffers(weights: Iterable<readonly [string, Float32Array]>): ArrayBuffer[] {
  return [...new Set([...weights].map(([, data]) => data.buffer as ArrayBuffer))];
}
