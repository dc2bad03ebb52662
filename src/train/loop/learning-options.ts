/** Options that trainings of patches and of slides share: how weights learn, and when a training ends. */

import { OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { checkChoice, checkInteger, checkNumber } from '../../utils/options.ts';
import { OPTIMIZER_NAMES, type OptimizerName } from '../optimizers.ts';
import { SCHEDULE_NAMES, type ScheduleName } from '../schedules.ts';
import type { MemoryMode } from '../step-memory.ts';

/** What makes rare classes count: nothing, weights of the loss, or drawing them more often. */
export const BALANCE_CHOICES = ['none', 'weights', 'sampling'] as const;
export const WATCH_CHOICES = ['auc', 'loss'] as const;
export const LOSS_CHOICES = ['cross-entropy', 'focal'] as const;

/** How far a training is. */
export interface TrainingProgress {
  /** Batches of all epochs that are done, and all of them; in phase 2 slides. */
  readonly batches: number;
  readonly total: number;
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly rate: number;
  /** Examples of the validation set that are judged, behind the last batch of an epoch. */
  readonly judged?: number;
}

export interface LearningConfig {
  /** Folder for checkpoints, figures and the trained model. */
  out: string;
  /** Parts that the examples are split in by patient, and which of them (from 0) is the validation set. */
  folds?: number | undefined;
  fold?: number | undefined;
  /** Names of the classes in their order. Default: as the labels say. */
  classes?: readonly string[] | undefined;
  epochs?: number | undefined;
  optimizer?: OptimizerName | undefined;
  /** Learning rate, at its highest. */
  rate?: number | undefined;
  schedule?: ScheduleName | undefined;
  /** Share of all steps over which the rate rises. */
  warmUpShare?: number | undefined;
  /** Schedules `cosine` and `plateau`: the rate does not fall below it. */
  minRate?: number | undefined;
  /** Schedules `step` and `plateau`: what the rate is multiplied by when it drops. */
  dropFactor?: number | undefined;
  /** Schedule `step`: epochs between two drops. Schedule `plateau`: epochs without progress before one. */
  dropEpochs?: number | undefined;
  weightDecay?: number | undefined;
  /** Longest common length of the gradients; 0 for any. */
  clipNorm?: number | undefined;
  /** Share that the moving average of the weights keeps in each step; 0 for no average. */
  averageDecay?: number | undefined;
  loss?: (typeof LOSS_CHOICES)[number] | undefined;
  balance?: (typeof BALANCE_CHOICES)[number] | undefined;
  labelSmoothing?: number | undefined;
  /** Figure of the validation set that says which epoch is best. */
  watch?: (typeof WATCH_CHOICES)[number] | undefined;
  /** Epochs without progress after which the training ends; 0 for none. */
  patience?: number | undefined;
  seed?: number | undefined;
  /** Threads of onnxruntime. Default: one a core. */
  threads?: number | undefined;
  /** Steps between two checkpoints within an epoch. There is one at the end of each epoch anyway. */
  checkpointEvery?: number | undefined;
  /** Go on with the unfinished training in `out`. */
  resume?: boolean | undefined;
  /** Replace another training in `out`. */
  overwrite?: boolean | undefined;
  signal?: AbortSignal | undefined;
  logger?: Logger | undefined;
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** What both phases have the same defaults of. */
export const LEARNING_DEFAULTS = Object.freeze({
  folds: 5,
  fold: 0,
  optimizer: 'adamw',
  schedule: 'cosine',
  warmUpShare: 0.05,
  minRate: 1e-6,
  dropFactor: 0.1,
  dropEpochs: 3,
  clipNorm: 1,
  averageDecay: 0,
  loss: 'cross-entropy',
  balance: 'weights',
  labelSmoothing: 0,
  seed: 42,
  checkpointEvery: 200,
} as const);

type Given = 'classes' | 'threads' | 'resume' | 'overwrite' | 'signal' | 'logger' | 'onProgress';

/** Filled in. */
export type LearningSettings = {
  readonly [K in Exclude<keyof LearningConfig, Given>]-?: NonNullable<LearningConfig[K]>;
} & { readonly [K in Given]?: LearningConfig[K] };

/** What the loop looks at. */
export type LoopSettings = LearningSettings & {
  /** Batches whose gradients make one step. */
  readonly accumulate: number;
  /** Each layer learns by this factor slower than the one above it. */
  readonly layerDecay: number;
  /** Batches between two cleanings of memory; 0 for none. */
  readonly cleanupEvery: number;
  /** Batches between two lines of metrics.jsonl within an epoch. */
  readonly logEvery: number;
  readonly mode: MemoryMode;
};

/** @throws OptionError */
export function checkLearning(chosen: LearningSettings): void {
  checkInteger('folds', chosen.folds, { min: 2 });
  checkInteger('fold', chosen.fold, { min: 0, max: chosen.folds - 1 });
  for (const key of ['epochs', 'dropEpochs', 'checkpointEvery'] as const) checkInteger(key, chosen[key], { min: 1 });
  checkInteger('patience', chosen.patience, { min: 0 });
  checkInteger('seed', chosen.seed, { min: 0, max: 2 ** 32 - 1 });
  checkNumber('rate', chosen.rate, { above: 0 });
  checkNumber('minRate', chosen.minRate, { min: 0, max: chosen.rate });
  checkNumber('warmUpShare', chosen.warmUpShare, { min: 0, max: 0.9 });
  checkNumber('clipNorm', chosen.clipNorm, { min: 0 });
  checkNumber('weightDecay', chosen.weightDecay, { min: 0 });
  checkNumber('dropFactor', chosen.dropFactor, { above: 0, max: 1 });
  checkNumber('labelSmoothing', chosen.labelSmoothing, { min: 0, max: 0.99 });
  checkNumber('averageDecay', chosen.averageDecay, { min: 0, max: 1 - 1e-9 });
  if (chosen.threads !== undefined) checkInteger('threads', chosen.threads, { min: 1 });
  checkChoice('optimizer', chosen.optimizer, OPTIMIZER_NAMES);
  checkChoice('schedule', chosen.schedule, SCHEDULE_NAMES);
  checkChoice('loss', chosen.loss, LOSS_CHOICES);
  checkChoice('balance', chosen.balance, BALANCE_CHOICES);
  checkChoice('watch', chosen.watch, WATCH_CHOICES);
}

/** A table of those to judge by leaves nothing to split. @throws OptionError */
export function checkSplit({
  validation,
  fold,
  folds,
}: Pick<LearningConfig, 'fold' | 'folds'> & { readonly validation?: string | undefined }): void {
  if (validation === undefined || (fold === undefined && folds === undefined)) return;
  throw new OptionError(fold === undefined ? 'folds' : 'fold', 'not given with `validation`', fold ?? folds);
}

/** Those of them that have a say in the weights. */
export const DECISIVE_LEARNING = [
  ...(['folds', 'fold', 'classes', 'epochs', 'optimizer', 'rate', 'schedule', 'warmUpShare', 'minRate'] as const),
  ...(['dropFactor', 'dropEpochs', 'weightDecay', 'clipNorm', 'averageDecay', 'loss', 'balance'] as const),
  ...(['labelSmoothing', 'watch', 'patience', 'seed'] as const),
];
