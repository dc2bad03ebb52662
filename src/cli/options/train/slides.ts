import { MIL_ARCHITECTURES } from '../../../onnx/mil-options.ts';
import { BAD_SLIDE_CHOICES, PHASE2_DEFAULTS } from '../../../train/train-phase2/options.ts';
import type { OptionTable } from '../../option-table.ts';

const data = 'Data:';
const model = 'Model:';
const learning = 'Learning:';
const run = 'Run:';

/** What phase 2 learns from. */
export const SLIDE_OPTIONS = {
  features: {
    type: 'string',
    describe: 'the folder that embed has filled, a table (slide, features), or a folder of feature files of any layout',
    required: true,
    group: data,
  },
  labels: {
    type: 'string',
    describe: 'table of slides: slide, label, and the patient',
    required: true,
    group: data,
  },
  validation: {
    type: 'string',
    describe: 'table of the slides that the model is judged by',
    default: 'a fold of --labels, by patient',
    group: data,
  },
  onBadSlide: {
    type: 'string',
    choices: BAD_SLIDE_CHOICES,
    describe: 'a slide without features, patches or label is left out and listed, or ends the run',
    default: PHASE2_DEFAULTS.onBadSlide,
    group: data,
  },
} as const satisfies OptionTable;

/** What learns in phase 2. */
export const SLIDE_MODEL_OPTIONS = {
  model: {
    type: 'string',
    describe: `how patches become a slide: ${MIL_ARCHITECTURES.join(', ')}`,
    required: true,
    group: model,
  },
  standardize: {
    type: 'boolean',
    describe: 'bring features to mean 0 and deviation 1 within the model; --no-standardize takes them as they are',
    default: PHASE2_DEFAULTS.standardize,
    group: model,
  },
  hiddenSize: {
    type: 'number',
    describe: 'columns of the hidden layer',
    default: PHASE2_DEFAULTS.hidden,
    group: model,
  },
  attentionSize: {
    type: 'number',
    describe: 'columns within the attention; not with mean and max',
    default: PHASE2_DEFAULTS.attention,
    group: model,
  },
  dropout: {
    type: 'number',
    describe: 'share of the numbers that a step drops',
    default: PHASE2_DEFAULTS.dropout,
    group: model,
  },
  bagWeight: {
    type: 'number',
    describe: "clam-sb: share of the slide's loss in the total; the rest is that of its patches",
    default: PHASE2_DEFAULTS.bagWeight,
    group: model,
  },
  instances: {
    type: 'number',
    describe: 'clam-sb: patches of highest and of lowest attention that have a loss of their own',
    default: PHASE2_DEFAULTS.instances,
    group: model,
  },
} as const satisfies OptionTable;

/** How slides come to a step. */
export const BAG_OPTIONS = {
  batchSize: {
    type: 'number',
    describe: 'slides whose gradients make one step',
    default: PHASE2_DEFAULTS.batchSize,
    group: learning,
  },
  maxPatches: {
    type: 'number',
    describe: 'patches of a slide that a step learns from, at most, drawn anew each time; 0 for all',
    default: PHASE2_DEFAULTS.maxPatches,
    group: learning,
  },
  labelSmoothing: {
    type: 'number',
    describe: 'share of each target that is spread over all classes',
    default: PHASE2_DEFAULTS.labelSmoothing,
    group: learning,
  },
  cacheMemory: {
    type: 'number',
    describe: "megabytes of features that stay in memory, if all are no more; else each slide's are read at its turn",
    default: PHASE2_DEFAULTS.cacheMemory,
    group: run,
  },
  cleanupEvery: {
    type: 'number',
    describe: "slides after which onnxruntime's memory is given back; 0 for never",
    default: PHASE2_DEFAULTS.cleanupEvery,
    group: run,
  },
  logEvery: {
    type: 'number',
    describe: 'steps between two lines of metrics.jsonl within an epoch',
    default: PHASE2_DEFAULTS.logEvery,
    group: run,
  },
} as const satisfies OptionTable;
