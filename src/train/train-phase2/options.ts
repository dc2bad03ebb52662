import {
  INSTANCE_LOSS_DEFAULTS,
  MIL_ARCHITECTURES,
  MIL_MODEL_DEFAULTS,
  type MilArchitecture,
} from '../../onnx/mil-options.ts';
import { OptionError } from '../../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import type { ColumnNames } from '../data/find-columns.ts';
import {
  checkLearning,
  checkSplit,
  DECISIVE_LEARNING,
  LEARNING_DEFAULTS,
  type LearningConfig,
  type LoopSettings,
} from '../loop/learning-options.ts';

/** What becomes of a slide without features, patches or label: it ends the run, or it is left out and listed. */
export const BAD_SLIDE_CHOICES = ['skip', 'fail'] as const;

/** A training of a classifier of slides. Only the first members are needed. */
export interface Phase2Config extends LearningConfig {
  /** Features of the slides: the folder that `embed` has filled, a table (slide, features), or a folder of feature files. */
  features: string;
  /** Table of slides with their labels and patients (slide, label, patient). */
  labels: string;
  /** How patches become a slide. */
  model: MilArchitecture;
  /** Table of the slides that the model is judged by, as `labels`. Default: a fold of `labels`, by patient. */
  validation?: string | undefined;
  columns?: ColumnNames | undefined;
  onBadSlide?: (typeof BAD_SLIDE_CHOICES)[number] | undefined;
  /** Columns of the hidden layer. */
  hidden?: number | undefined;
  /** Columns within the attention; not with `mean` and `max`. */
  attention?: number | undefined;
  /** Take the mean of each feature away and divide by its deviation, both of the patches that are learned from: part of the model. */
  standardize?: boolean | undefined;
  /** Share that dropout drops. */
  dropout?: number | undefined;
  /** `clam-sb`: share of the slide's loss in the total; the rest is that of its patches. */
  bagWeight?: number | undefined;
  /** `clam-sb`: patches of highest and of lowest attention that have a loss of their own. */
  instances?: number | undefined;
  /** Slides whose gradients make one step. */
  batchSize?: number | undefined;
  /** Patches of a slide that a step learns from, at most, drawn anew each time; 0 for all. */
  maxPatches?: number | undefined;
  /** Megabytes of features that are kept in memory, where all of them take no more; else each slide's are read at its turn. */
  cacheMemory?: number | undefined;
  /** Slides between two cleanings of memory; 0 for none. */
  cleanupEvery?: number | undefined;
  /** Steps between two lines of metrics.jsonl within an epoch. */
  logEvery?: number | undefined;
}

export const PHASE2_DEFAULTS = Object.freeze({
  ...LEARNING_DEFAULTS,
  onBadSlide: 'skip',
  standardize: true,
  hidden: MIL_MODEL_DEFAULTS.hidden,
  attention: MIL_MODEL_DEFAULTS.attention,
  dropout: MIL_MODEL_DEFAULTS.dropout,
  bagWeight: INSTANCE_LOSS_DEFAULTS.bagWeight,
  instances: INSTANCE_LOSS_DEFAULTS.k,
  epochs: 50,
  batchSize: 1,
  maxPatches: 0,
  rate: 3e-4,
  weightDecay: 1e-3,
  watch: 'loss',
  patience: 10,
  cacheMemory: 1024,
  cleanupEvery: 100,
  logEvery: 10,
} as const);

/** A config that was checked, with defaults. */
export type Phase2Settings = Readonly<
  Phase2Config & { readonly [K in keyof typeof PHASE2_DEFAULTS]: NonNullable<Phase2Config[K]> }
>;

/** @throws OptionError */
export function resolvePhase2(config: Phase2Config): Phase2Settings {
  const chosen = withDefaults(PHASE2_DEFAULTS, config) as Phase2Settings;
  for (const key of ['features', 'labels', 'out'] as const)
    if (typeof chosen[key] !== 'string' || chosen[key] === '') throw new OptionError(key, 'a text', chosen[key]);
  checkChoice('model', chosen.model, MIL_ARCHITECTURES);
  checkChoice('onBadSlide', chosen.onBadSlide, BAD_SLIDE_CHOICES);
  checkBoolean('standardize', chosen.standardize);
  checkSplit(config);
  checkLearning(chosen);
  for (const key of ['hidden', 'attention', 'instances', 'batchSize', 'logEvery'] as const)
    checkInteger(key, chosen[key], { min: 1 });
  for (const key of ['maxPatches', 'cleanupEvery'] as const) checkInteger(key, chosen[key], { min: 0 });
  checkNumber('cacheMemory', chosen.cacheMemory, { min: 0 });
  checkNumber('dropout', chosen.dropout, { min: 0, max: 0.95 });
  checkNumber('bagWeight', chosen.bagWeight, { above: 0, max: 1 });
  checkOwn(config);
  return chosen;
}

/** Options that only some models have. @throws OptionError */
function checkOwn({ model, bagWeight, instances, attention }: Phase2Config): void {
  if (model !== 'clam-sb' && (bagWeight !== undefined || instances !== undefined))
    throw new OptionError(bagWeight === undefined ? 'instances' : 'bagWeight', 'given with clam-sb alone', model);
  if ((model === 'mean' || model === 'max') && attention !== undefined)
    throw new OptionError('attention', 'given with a model that has attention', model);
}

/** As the loop has it: a batch is a slide. */
export function toLoopSettings(settings: Phase2Settings): LoopSettings {
  const { batchSize, logEvery } = settings;
  return { ...settings, accumulate: batchSize, logEvery: logEvery * batchSize, layerDecay: 1, mode: 'optimised' };
}

/** Options that have a say in the weights. */
const DECISIVE = [
  ...(['features', 'labels', 'validation', 'columns', 'onBadSlide'] as const),
  ...([
    'model',
    'standardize',
    'hidden',
    'attention',
    'dropout',
    'bagWeight',
    'instances',
    'batchSize',
    'maxPatches',
  ] as const),
  ...DECISIVE_LEARNING,
];

/** For the record, and to tell whether an unfinished training is this one: as JSON. */
export function listPhase2Options(settings: Phase2Settings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(DECISIVE.map((key) => [key, settings[key]]));
}
