import { DEVICE_CHOICES, type DeviceChoice } from '../../onnx/open-on-device.ts';
import { OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import { type AugmentOptions, resolveAugmentation } from '../batches/augment-options.ts';
import { BAD_IMAGE_CHOICES, type BadImageChoice } from '../data/check-images.ts';
import type { ColumnNames } from '../data/find-columns.ts';
import { OPTIMIZER_NAMES, type OptimizerName } from '../optimizers.ts';
import { SCHEDULE_NAMES, type ScheduleName } from '../schedules.ts';
import { MEMORY_MODES, type MemoryMode } from '../step-memory.ts';

/** What makes rare classes count: nothing, weights of the loss, or drawing them more often. */
export const BALANCE_CHOICES = ['none', 'weights', 'sampling'] as const;
export const WATCH_CHOICES = ['auc', 'loss'] as const;
export const LOSS_CHOICES = ['cross-entropy', 'focal'] as const;

/** How far a training is. */
export interface Phase1Progress {
  /** Batches of all epochs that are done, and all of them. */
  readonly batches: number;
  readonly total: number;
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly rate: number;
  /** Pictures of the validation set that are judged, behind the last batch of an epoch. */
  readonly judged?: number;
}

/** A training of a classifier of patches. Only the first members are needed. */
export interface Phase1Config {
  /** Table of pictures and labels (`train.csv`), or a folder of slides whose patches were cut; see docs/train.md. */
  train: string;
  /** Folder for checkpoints, figures and the trained model. */
  out: string;
  /** A model by its name, or the path of an ONNX file that gives logits. */
  model: string;
  /** Table of the pictures that the model is judged by. Default: a fold of `train`, by patient. */
  validation?: string | undefined;
  /** Parts that `train` is split in, and which of them (from 0) is the validation set. */
  folds?: number | undefined;
  fold?: number | undefined;
  /** With folders of patches: table of slides with their labels and patients. */
  slideLabels?: string | undefined;
  /** Folder that relative paths of the tables start at. Default: the table's own. */
  root?: string | undefined;
  columns?: ColumnNames | undefined;
  /** Names of the classes in their order. Default: as the labels say. */
  classes?: readonly string[] | undefined;
  /** Sides of the model's input in pixels, where the model leaves them open. */
  inputSize?: number | undefined;
  /** Microns per pixel that the patches were cut at, for the model card. */
  inputMpp?: number | undefined;
  /** Of the normalisation, for red, green and blue. Default: of the model's card, else ImageNet's. */
  mean?: readonly number[] | undefined;
  std?: readonly number[] | undefined;
  /** A new last layer for a model from a file, of as many classes as the data has: in the place of its own, or after its embedding. */
  newHead?: boolean | undefined;
  /** `all`, `head`, or how many of the last layers learn. */
  trained?: 'all' | 'head' | number | undefined;
  epochs?: number | undefined;
  batchSize?: number | undefined;
  /** Batches whose gradients make one step. */
  accumulate?: number | undefined;
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
  layerDecay?: number | undefined;
  /** Longest common length of the gradients; 0 for any. */
  clipNorm?: number | undefined;
  /** Share that the moving average of the weights keeps in each step; 0 for no average. */
  averageDecay?: number | undefined;
  loss?: (typeof LOSS_CHOICES)[number] | undefined;
  balance?: (typeof BALANCE_CHOICES)[number] | undefined;
  /** Undefined: the defaults of `AugmentOptions`. False: pictures are learned as they are. */
  augment?: AugmentOptions | false | undefined;
  mixup?: number | undefined;
  labelSmoothing?: number | undefined;
  onBadImage?: BadImageChoice | undefined;
  /** Figure of the validation set that says which epoch is best. */
  watch?: (typeof WATCH_CHOICES)[number] | undefined;
  /** Epochs without progress after which the training ends; 0 for none. */
  patience?: number | undefined;
  seed?: number | undefined;
  /** Threads that read pictures. */
  workers?: number | undefined;
  /** Threads of onnxruntime. Default: one a core. */
  threads?: number | undefined;
  device?: DeviceChoice | undefined;
  /** Refuse devices that give other bits from run to run: the processor only. */
  deterministic?: boolean | undefined;
  /** Batches between two cleanings of memory; 0 for none. */
  cleanupEvery?: number | undefined;
  /** Steps between two checkpoints within an epoch. There is one at the end of each epoch anyway. */
  checkpointEvery?: number | undefined;
  /** Batches between two lines of metrics.jsonl within an epoch. */
  logEvery?: number | undefined;
  /** `naive` keeps the tensors of all steps to the end of their epoch, as some programs do: to compare memory with. */
  mode?: MemoryMode | undefined;
  /** Go on with the unfinished training in `out`. */
  resume?: boolean | undefined;
  /** Replace another training in `out`. */
  overwrite?: boolean | undefined;
  signal?: AbortSignal | undefined;
  logger?: Logger | undefined;
  onProgress?: ((progress: Phase1Progress) => void) | undefined;
}

export const PHASE1_DEFAULTS = Object.freeze({
  folds: 5,
  fold: 0,
  newHead: false,
  trained: 'all',
  epochs: 10,
  batchSize: 32,
  accumulate: 1,
  optimizer: 'adamw',
  rate: 1e-3,
  schedule: 'cosine',
  warmUpShare: 0.05,
  minRate: 1e-6,
  dropFactor: 0.1,
  dropEpochs: 3,
  weightDecay: 0.01,
  layerDecay: 1,
  clipNorm: 1,
  averageDecay: 0,
  loss: 'cross-entropy',
  balance: 'weights',
  mixup: 0,
  labelSmoothing: 0,
  onBadImage: 'fail',
  watch: 'auc',
  patience: 5,
  seed: 42,
  workers: 4,
  device: 'cpu',
  deterministic: false,
  cleanupEvery: 50,
  checkpointEvery: 200,
  logEvery: 10,
  mode: 'optimised',
  inputSize: 96,
} as const);

type Chosen = Phase1Config & { readonly [K in keyof typeof PHASE1_DEFAULTS]: NonNullable<Phase1Config[K]> };

/** A config that was checked, with defaults. */
export type Phase1Settings = Readonly<Chosen> & {
  /** What was asked for by name, not filled in. */
  readonly givenSize: number | undefined;
};

/** @throws OptionError */
export function resolvePhase1(config: Phase1Config): Phase1Settings {
  const chosen = withDefaults(PHASE1_DEFAULTS, config) as Chosen;
  for (const key of ['train', 'out', 'model'] as const)
    if (typeof chosen[key] !== 'string' || chosen[key] === '') throw new OptionError(key, 'a text', chosen[key]);
  checkInteger('folds', chosen.folds, { min: 2 });
  checkInteger('fold', chosen.fold, { min: 0, max: chosen.folds - 1 });
  for (const key of ['epochs', 'batchSize', 'accumulate', 'dropEpochs', 'checkpointEvery', 'logEvery'] as const)
    checkInteger(key, chosen[key], { min: 1 });
  for (const key of ['patience', 'workers', 'cleanupEvery'] as const) checkInteger(key, chosen[key], { min: 0 });
  checkInteger('inputSize', chosen.inputSize, { min: 8, max: 4096 });
  checkInteger('seed', chosen.seed, { min: 0, max: 2 ** 32 - 1 });
  checkNumber('rate', chosen.rate, { above: 0 });
  checkNumber('minRate', chosen.minRate, { min: 0, max: chosen.rate });
  checkNumber('warmUpShare', chosen.warmUpShare, { min: 0, max: 0.9 });
  checkNumber('clipNorm', chosen.clipNorm, { min: 0 });
  checkNumber('weightDecay', chosen.weightDecay, { min: 0 });
  checkNumber('layerDecay', chosen.layerDecay, { above: 0, max: 1 });
  checkNumber('dropFactor', chosen.dropFactor, { above: 0, max: 1 });
  checkNumber('mixup', chosen.mixup, { min: 0 });
  checkNumber('labelSmoothing', chosen.labelSmoothing, { min: 0, max: 0.99 });
  if (chosen.augment) resolveAugmentation(chosen.augment);
  checkNumber('averageDecay', chosen.averageDecay, { min: 0, max: 1 - 1e-9 });
  if (chosen.threads !== undefined) checkInteger('threads', chosen.threads, { min: 1 });
  if (chosen.inputMpp !== undefined) checkNumber('inputMpp', chosen.inputMpp, { above: 0 });
  checkChoices(chosen);
  return Object.freeze({ ...chosen, givenSize: config.inputSize });
}

function checkChoices(chosen: Chosen): void {
  checkChoice('optimizer', chosen.optimizer, OPTIMIZER_NAMES);
  checkChoice('schedule', chosen.schedule, SCHEDULE_NAMES);
  checkChoice('loss', chosen.loss, LOSS_CHOICES);
  checkChoice('balance', chosen.balance, BALANCE_CHOICES);
  checkChoice('watch', chosen.watch, WATCH_CHOICES);
  checkChoice('onBadImage', chosen.onBadImage, BAD_IMAGE_CHOICES);
  checkChoice('device', chosen.device, DEVICE_CHOICES);
  checkChoice('mode', chosen.mode, MEMORY_MODES);
  checkBoolean('deterministic', chosen.deterministic);
  checkBoolean('newHead', chosen.newHead);
  if (chosen.trained !== 'all' && chosen.trained !== 'head') checkInteger('trained', chosen.trained, { min: 1 });
  if (chosen.deterministic && chosen.device !== 'cpu')
    throw new OptionError('device', '`cpu` with `deterministic`', chosen.device, {
      hint: 'graphics processors add in another order from run to run',
    });
}

/** Options that have a say in the weights. */
const DECISIVE = [
  ...(['train', 'validation', 'folds', 'fold', 'slideLabels', 'root', 'columns', 'classes', 'onBadImage'] as const),
  ...(['model', 'inputSize', 'inputMpp', 'mean', 'std', 'newHead', 'trained', 'device'] as const),
  ...(['epochs', 'batchSize', 'accumulate', 'optimizer', 'rate', 'schedule', 'warmUpShare', 'minRate'] as const),
  ...(['dropFactor', 'dropEpochs', 'weightDecay', 'layerDecay', 'clipNorm', 'averageDecay', 'loss'] as const),
  ...(['balance', 'watch', 'patience', 'seed', 'augment', 'mixup', 'labelSmoothing'] as const),
];

/** For the record, and to tell whether an unfinished training is this one: as JSON. */
export function listPhase1Options(settings: Phase1Settings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(DECISIVE.map((key) => [key, settings[key]]));
}
