import { CLASSIFY_DEFAULTS } from '../../inference/classify/options.ts';
import { DEVICE_CHOICES } from '../../onnx/open-on-device.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { createPictureOptions } from './pictures.ts';
import { CLASSIFIER_OPTIONS } from './predict/model.ts';
import { THREAD_OPTIONS } from './predict/run.ts';

const run = 'Run:';

/** Options of `predict patches`, each one of `classify`. */
export const PREDICT_PATCHES_OPTIONS = {
  ...CLASSIFIER_OPTIONS,
  threshold: {
    type: 'number',
    describe: 'least probability that decides for the second of two classes, or for each of more',
    default: "of the model's card, else 0.5",
    group: 'Model:',
  },
  ...createPictureOptions('Pictures:'),
  out: { type: 'string', describe: 'folder for the predictions', required: true, group: run, alias: 'o' },
  overwrite: { type: 'boolean', describe: 'make the predictions in --out anew', group: run },
  batchSize: { type: 'number', describe: 'pictures of a batch', default: CLASSIFY_DEFAULTS.batchSize, group: run },
  ...THREAD_OPTIONS,
  device: {
    type: 'string',
    choices: DEVICE_CHOICES,
    describe: 'what computes; auto takes the first of them that works',
    default: CLASSIFY_DEFAULTS.device,
    group: run,
  },
} as const satisfies OptionTable;

export type PredictPatchesArguments = ParsedOptions<typeof PREDICT_PATCHES_OPTIONS>;
