import type { TrainStepInput } from '../../onnx/train-step.ts';
import type { BatchPlan } from '../data/sampler.ts';

/** An example that was left out, and why. */
export interface LeftOut {
  readonly path: string;
  readonly message: string;
}

/** A batch as the loop sees it: tensors, whatever they show. */
export interface FedBatch extends Pick<TrainStepInput, 'inputs' | 'target'> {
  readonly epoch: number;
  /** From 0 in its epoch. */
  readonly position: number;
  /** Examples in it; may be 0 where some were left out. */
  readonly count: number;
  readonly skipped: readonly LeftOut[];
  /** How an error names it. */
  readonly name: string;
  /** Gives the memory of the inputs back. */
  release(): void;
}

/** Where batches come from. */
export interface Feed {
  /**
   * Batches in the order of `plans`.
   * @throws DatasetError for an example that can't be read, when its batch is due; AbortedError
   */
  load(plans: Iterable<BatchPlan>, options: { signal: AbortSignal }): AsyncIterable<FedBatch>;
}
