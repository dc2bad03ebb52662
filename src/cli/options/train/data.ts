import { MODEL_NAMES } from '../../../onnx/models.ts';
import { PHASE1_DEFAULTS } from '../../../train/train-phase1/options.ts';
import type { OptionTable } from '../../option-table.ts';
import { createPictureOptions } from '../pictures.ts';

const data = 'Data:';
const model = 'Model:';

/** What is learned from. */
export const DATA_OPTIONS = {
  train: {
    type: 'string',
    describe: 'table of pictures (path, label, patient or slide), the output folder of patches, or one patches.csv',
    required: true,
    group: data,
  },
  validation: {
    type: 'string',
    describe: 'table of the pictures that the model is judged by',
    default: 'a fold of --train, by patient',
    group: data,
  },
  slideLabels: {
    type: 'string',
    describe: 'table of slides (slide, label, patient), for pictures whose own row has no label or patient',
    group: data,
  },
  ...createPictureOptions(data),
} as const satisfies OptionTable;

/** What learns. */
export const MODEL_OPTIONS = {
  model: {
    type: 'string',
    describe: `${MODEL_NAMES.join(', ')}, or an ONNX file that gives logits`,
    required: true,
    group: model,
  },
  inputSize: {
    type: 'number',
    describe: "pixels of a side of the model's input, where the model leaves it open",
    default: PHASE1_DEFAULTS.inputSize,
    group: model,
  },
  inputMpp: { type: 'number', describe: 'microns per pixel of the patches, for the model card', group: model },
  mean: {
    type: 'numbers',
    describe: 'of red, green and blue',
    default: "of the model's card, else ImageNet's",
    group: model,
  },
  std: {
    type: 'numbers',
    describe: 'of red, green and blue',
    default: "of the model's card, else ImageNet's",
    group: model,
  },
  newHead: {
    type: 'boolean',
    describe:
      'a new last layer, of as many classes as the data has, in place of that of the ONNX file, or after its embedding',
    group: model,
  },
  trained: {
    type: 'string',
    describe: 'what learns: all, the head, or how many of the last layers',
    default: PHASE1_DEFAULTS.trained,
    group: model,
  },
} as const satisfies OptionTable;
