import type { ParameterMap, ParameterShapes } from '../parameters.ts';
import type { CheckpointFacts } from './checkpoint-schema.ts';

/** All that a run needs to go on as if it had never been stopped. */
export interface Checkpoint {
  readonly facts: CheckpointFacts;
  readonly weights: ParameterMap;
  /** What is not trained but changes, such as running statistics of batch normalisation. */
  readonly buffers: ParameterMap;
  /** Of the optimiser: its slots by name (`m`, `v`). */
  readonly slots: Readonly<Record<string, ParameterMap>>;
  /** Moving average of the weights, where one is kept. */
  readonly averages: ParameterMap | undefined;
  /** Of weights and buffers; a name that it does not have is written as one row. */
  readonly shapes: ParameterShapes;
}

/** First part of the names of tensors in the file; slots of the optimiser have their own name there. */
export const PREFIXES = { weights: 'w', buffers: 'buf', averages: 'ema' } as const;

/** Key of the facts in the file's metadata. */
export const FACTS_KEY = 'slideloom';
