import { MODEL_NAMES } from '../../../onnx/models.ts';
import { BAD_IMAGE_CHOICES } from '../../../train/data/check-images.ts';
import { PHASE1_DEFAULTS } from '../../../train/train-phase1/options.ts';
import type { OptionTable } from '../../option-table.ts';

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
  folds: {
    type: 'number',
    describe: 'parts that --train is split in, by patient',
    default: PHASE1_DEFAULTS.folds,
    group: data,
  },
  fold: {
    type: 'string',
    describe: 'which of them the model is judged by, from 0; all trains once for each, and puts their figures together',
    default: PHASE1_DEFAULTS.fold,
    group: data,
  },
  imageRoot: {
    type: 'string',
    describe: 'folder that the paths of the tables start at',
    default: "the table's own",
    group: data,
  },
  classNames: { type: 'strings', describe: 'classes in their order', default: 'as the labels say', group: data },
  onBadImage: {
    type: 'string',
    choices: BAD_IMAGE_CHOICES,
    describe: "a picture that can't be read ends the run, or is left out and listed",
    default: PHASE1_DEFAULTS.onBadImage,
    group: data,
  },
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
