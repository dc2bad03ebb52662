import { DEVICE_CHOICES, type DeviceChoice } from '../../onnx/open-on-device.ts';
import { OptionError } from '../../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import { type AugmentOptions, resolveAugmentation } from '../batches/augment-options.ts';
import { BAD_IMAGE_CHOICES, type BadImageChoice } from '../data/check-images.ts';
import type { ColumnNames } from '../data/find-columns.ts';
import {
  checkLearning,
  checkSplit,
  DECISIVE_LEARNING,
  LEARNING_DEFAULTS,
  type LearningConfig,
} from '../loop/learning-options.ts';
import { MEMORY_MODES, type MemoryMode } from '../step-memory.ts';

/** A training of a classifier of patches. Only the first members are needed. */
export interface Phase1Config extends LearningConfig {
  /** Table of pictures and labels (`train.csv`), or a folder of slides whose patches were cut; see docs/train.md. */
  train: string;
  /** A model by its name, or the path of an ONNX file that gives logits. */
  model: string;
  /** Table of the pictures that the model is judged by. Default: a fold of `train`, by patient. */
  validation?: string | undefined;
  /** With folders of patches: table of slides with their labels and patients. */
  slideLabels?: string | undefined;
  /** Folder that relative paths of the tables start at. Default: the table's own. */
  root?: string | undefined;
  columns?: ColumnNames | undefined;
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
  batchSize?: number | undefined;
  /** Batches whose gradients make one step. */
  accumulate?: number | undefined;
  layerDecay?: number | undefined;
  /** Undefined: the defaults of `AugmentOptions`. False: pictures are learned as they are. */
  augment?: AugmentOptions | false | undefined;
  mixup?: number | undefined;
  onBadImage?: BadImageChoice | undefined;
  /** Threads that read pictures. */
  workers?: number | undefined;
  device?: DeviceChoice | undefined;
  /** Refuse devices that give other bits from run to run: the processor only. */
  deterministic?: boolean | undefined;
  /** Batches between two cleanings of memory; 0 for none. */
  cleanupEvery?: number | undefined;
  /** Batches between two lines of metrics.jsonl within an epoch. */
  logEvery?: number | undefined;
  /** `naive` keeps the tensors of all steps to the end of their epoch, as some programs do: to compare memory with. */
  mode?: MemoryMode | undefined;
}

export const PHASE1_DEFAULTS = Object.freeze({
  ...LEARNING_DEFAULTS,
  newHead: false,
  trained: 'all',
  epochs: 10,
  batchSize: 32,
  accumulate: 1,
  rate: 1e-3,
  weightDecay: 0.01,
  layerDecay: 1,
  mixup: 0,
  onBadImage: 'fail',
  watch: 'auc',
  patience: 5,
  workers: 4,
  device: 'cpu',
  deterministic: false,
  cleanupEvery: 50,
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
  checkSplit(config);
  checkLearning(chosen);
  for (const key of ['batchSize', 'accumulate', 'logEvery'] as const) checkInteger(key, chosen[key], { min: 1 });
  for (const key of ['workers', 'cleanupEvery'] as const) checkInteger(key, chosen[key], { min: 0 });
  checkInteger('inputSize', chosen.inputSize, { min: 8, max: 4096 });
  checkNumber('layerDecay', chosen.layerDecay, { above: 0, max: 1 });
  checkNumber('mixup', chosen.mixup, { min: 0 });
  if (chosen.augment) resolveAugmentation(chosen.augment);
  if (chosen.inputMpp !== undefined) checkNumber('inputMpp', chosen.inputMpp, { above: 0 });
  checkChoices(chosen);
  return Object.freeze({ ...chosen, givenSize: config.inputSize });
}

function checkChoices(chosen: Chosen): void {
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
  ...(['train', 'validation', 'slideLabels', 'root', 'columns', 'onBadImage'] as const),
  ...(['model', 'inputSize', 'inputMpp', 'mean', 'std', 'newHead', 'trained', 'device'] as const),
  ...(['batchSize', 'accumulate', 'layerDecay', 'augment', 'mixup'] as const),
  ...DECISIVE_LEARNING,
];

/** For the record, and to tell whether an unfinished training is this one: as JSON. */
export function listPhase1Options(settings: Phase1Settings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(DECISIVE.map((key) => [key, settings[key]]));
}
