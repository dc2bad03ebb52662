import { ACTIVATION_CHOICES, CLASSIFY_DEFAULTS } from '../../../inference/classify/options.ts';
import type { OptionTable, ParsedOptions } from '../../option-table.ts';
import type { createPictureOptions } from '../pictures.ts';

const group = 'Model:';
const card = "of the model's card";

/** The model, and what has to be known of it where it has no card. */
export const CLASSIFIER_OPTIONS = {
  model: {
    type: 'string',
    describe: 'ONNX file that takes pictures; its card (model.card.json) is used where there is one',
    required: true,
    group,
  },
  inputSize: {
    type: 'number',
    describe: "pixels of a side of the model's input, where the model leaves it open",
    default: card,
    group,
  },
  mean: { type: 'numbers', describe: 'of red, green and blue', default: `${card}, else ImageNet's`, group },
  std: { type: 'numbers', describe: 'of red, green and blue', default: `${card}, else ImageNet's`, group },
  classNames: { type: 'strings', describe: 'classes in their order', default: `${card}, else numbers`, group },
  outputName: { type: 'string', describe: 'output that is read', default: `${card}, else the first`, group },
  activation: {
    type: 'string',
    choices: ACTIVATION_CHOICES,
    describe: "what is done to the model's numbers; auto as its card or its last operator says",
    default: CLASSIFY_DEFAULTS.activation,
    group,
  },
} as const satisfies OptionTable;

/** Options of the library whose flags have other names. */
export const CLASSIFIER_FLAGS = { root: 'imageRoot', classes: 'classNames' } as const;

/** How a model is fed with pictures, as the library has it. */
export function toClassifierOptions(
  args: Omit<ParsedOptions<typeof CLASSIFIER_OPTIONS>, 'model'> &
    ParsedOptions<ReturnType<typeof createPictureOptions>>,
) {
  const { inputSize, mean, std, classNames: classes, outputName, activation, imageRoot: root, onBadImage } = args;
  return { inputSize, mean, std, classes, outputName, activation, root, onBadImage };
}
