import { join } from 'node:path';
import type { LeakKey } from '../data/check-leak.ts';
import type { Example, ExampleUnit } from '../data/example.ts';
import type { Sampler } from '../data/sampler.ts';
import type { Engine } from '../engines/engine.ts';
import type { Feed, LeftOut } from './fed-batch.ts';
import type { Judge } from './judged.ts';
import type { Learner } from './learner.ts';
import type { LoopSettings } from './learning-options.ts';
import type { CheckpointContext, RunState } from './run-state.ts';

/** Examples to learn and to judge by. */
export interface TrainingData {
  readonly classes: readonly string[];
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  /** Where the examples of both are named, for errors. */
  readonly names: { readonly train: string; readonly validation: string };
  /** Files that they were read from. */
  readonly tables: readonly string[];
  /** Left out before the first step. */
  readonly skipped: readonly LeftOut[];
  /** What makes sure that nobody is in both sets. */
  readonly compared: readonly LeakKey[];
}

/** Everything that a training works with. */
export interface Training {
  readonly unit: ExampleUnit;
  readonly settings: LoopSettings;
  readonly data: TrainingData;
  readonly engine: Engine;
  readonly sampler: Sampler;
  readonly feed: Feed;
  readonly learner: Learner;
  readonly judge: Judge;
  readonly state: RunState;
  readonly checkpoint: CheckpointContext;
  readonly signal: AbortSignal;
}

export const LAST_NAME = 'last.safetensors';
export const BEST_NAME = 'best.safetensors';
export const MODEL_NAME = 'model.onnx';
export const VALIDATION_NAME = 'validation.csv';

type Placed = Pick<Training, 'settings'>;

export function getLastPath({ settings }: Placed): string {
  return join(settings.out, LAST_NAME);
}

export function getBestPath({ settings }: Placed): string {
  return join(settings.out, BEST_NAME);
}

export function getModelPath({ settings }: Placed): string {
  return join(settings.out, MODEL_NAME);
}
