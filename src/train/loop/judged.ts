import type { Predictions } from '../metrics/predictions.ts';
import type { ParameterMap } from '../parameters.ts';
import type { LeftOut } from './fed-batch.ts';

/** What a model says of the validation set. */
export interface Judged extends Predictions {
  readonly labels: readonly number[];
  readonly probabilities: Float32Array;
  /** In the rows of the probabilities. */
  readonly logits: Float32Array;
  /** Of each row. */
  readonly paths: readonly string[];
  readonly skipped: readonly LeftOut[];
}

export interface JudgeOptions {
  /** In place of those of the file. */
  readonly weights?: ParameterMap;
  /** Told how many examples are judged so far. */
  readonly onJudged?: (examples: number) => void;
}

/**
 * Gives all examples of the validation set to a model, in their order: without dropout and augmentation.
 * @param source the model that learns where undefined, else a file
 * @throws DatasetError, SessionError, AbortedError
 */
export type Judge = (source: string | undefined, options: JudgeOptions) => Promise<Judged>;
