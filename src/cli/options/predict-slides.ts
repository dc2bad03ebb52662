import { AGGREGATES } from '../../inference/mil/aggregate.ts';
import { ATTENTION_FILES, PREDICT_SLIDES_DEFAULTS } from '../../inference/predict-slides/options.ts';
import { DEVICE_CHOICES } from '../../onnx/open-on-device.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { CLASSIFIER_OPTIONS } from './predict/model.ts';
import { THREAD_OPTIONS } from './predict/run.ts';

const model = 'Model:';
const slides = 'Predictions:';
const run = 'Run:';
const card = "of the model's card";

/** The model, and what has to be known of it where it has no card. */
const MIL_MODEL_OPTIONS = {
  model: {
    type: 'string',
    describe: 'ONNX file that takes the features of a slide; its card (model.card.json) is used where there is one',
    required: true,
    group: model,
  },
  classNames: CLASSIFIER_OPTIONS.classNames,
  temperature: {
    type: 'number',
    describe: 'logits are divided by it before they become probabilities',
    default: `${card}, else 1`,
    group: model,
  },
  threshold: {
    type: 'number',
    describe: 'of two classes: least probability that decides for the second',
    default: `${card}, else 0.5; 0.5 with another --aggregate than attention`,
    group: model,
  },
  logitsOutput: {
    type: 'string',
    describe: 'output with a number for each class',
    default: 'logits, else the first',
    group: model,
  },
  attentionOutput: {
    type: 'string',
    describe: 'output with the share of each patch',
    default: 'attention, where there is one',
    group: model,
  },
  instanceOutput: {
    type: 'string',
    describe: 'output with the numbers of each patch by itself',
    default: 'instance_logits, where there is one',
    group: model,
  },
  anyBackbone: { type: 'boolean', describe: 'let features of another network through', group: model },
} as const satisfies OptionTable;

/** Options of `predict slides`, each one of `predictSlides`. */
export const PREDICT_SLIDES_OPTIONS = {
  ...MIL_MODEL_OPTIONS,
  aggregate: {
    type: 'string',
    choices: AGGREGATES,
    describe:
      "how patches become a slide: attention is the model's own answer, the others go over its patches' probabilities",
    default: PREDICT_SLIDES_DEFAULTS.aggregate,
    group: slides,
  },
  topK: {
    type: 'number',
    describe: 'patches whose mean --aggregate top-k takes',
    default: PREDICT_SLIDES_DEFAULTS.topK,
    group: slides,
  },
  quantile: {
    type: 'number',
    describe: 'share that --aggregate quantile takes, 0 to 1',
    default: PREDICT_SLIDES_DEFAULTS.quantile,
    group: slides,
  },
  labels: {
    type: 'string',
    describe: 'CSV with slide, label and perhaps patient: figures are computed',
    group: slides,
  },
  attention: {
    type: 'strings',
    choices: [...ATTENTION_FILES, 'none'],
    describe: 'files that say where the model looked',
    default: PREDICT_SLIDES_DEFAULTS.attention.join(),
    group: slides,
  },
  patchSpan: {
    type: 'number',
    describe: 'level-0 pixels that a patch spans, where the features do not say it',
    group: slides,
  },
  out: { type: 'string', describe: 'folder for the predictions', required: true, group: run, alias: 'o' },
  overwrite: {
    type: 'boolean',
    describe: 'make the predictions in --out anew, and replace files of others',
    group: run,
  },
  threads: THREAD_OPTIONS.threads,
  device: {
    type: 'string',
    choices: DEVICE_CHOICES,
    describe: 'what computes; auto takes the first of them that works',
    default: PREDICT_SLIDES_DEFAULTS.device,
    group: run,
  },
} as const satisfies OptionTable;

export type PredictSlidesArguments = ParsedOptions<typeof PREDICT_SLIDES_OPTIONS>;
