import {
  EMBED_DEFAULTS,
  FEATURE_TAKES,
  resolveBackboneOptions,
  resolveFileOptions,
} from '../../inference/embed/options.ts';
import { FEATURE_LAYOUTS, FEATURE_PRECISIONS } from '../../io/feature-files/feature-table.ts';
import { DEVICE_CHOICES } from '../../onnx/open-on-device.ts';
import { WRITE_DEFAULTS } from '../../preprocessing/extract-patches/run-options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags } from './convert.ts';
import { WRITE_OPTIONS } from './write.ts';

const model = 'Model:';
const features = 'Features:';

/** The model that makes features, and the files that they go to: each is an option of `embedSlide`. */
export const EMBED_OPTIONS = {
  model: {
    type: 'string',
    describe: 'ONNX file of the backbone; its card, NAME.card.json, says what the options leave out',
    required: true,
    group: model,
    alias: 'm',
  },
  output: {
    type: 'string',
    describe: "name of the model's output, or of a value inside it",
    default: 'the first output',
    group: model,
  },
  take: {
    type: 'string',
    choices: FEATURE_TAKES,
    describe:
      "of tokens: the class token, the mean of the picture's, or both; auto takes the class token where there is one",
    default: EMBED_DEFAULTS.take,
    group: model,
  },
  specialTokens: {
    type: 'number',
    describe: 'tokens before those of the picture',
    default: 'what the grid leaves, of 0, 1 and 5',
    group: model,
  },
  mean: {
    type: 'numbers',
    describe: 'of red, green, blue, 0 to 1',
    default: "the card's, else ImageNet's",
    group: model,
  },
  std: { type: 'numbers', describe: 'of red, green, blue', default: "the card's, else ImageNet's", group: model },
  inputSize: {
    type: 'number',
    describe: 'side of the pictures in pixels, for a model that takes any',
    default: EMBED_DEFAULTS.inputSize,
    group: model,
  },
  batchSize: {
    type: 'number',
    describe: 'patches in one run of the model',
    default: `${EMBED_DEFAULTS.batchSize.cpu} on the processor, ${EMBED_DEFAULTS.batchSize.other} elsewhere`,
    group: model,
  },
  device: {
    type: 'string',
    choices: DEVICE_CHOICES,
    describe: 'what computes',
    default: EMBED_DEFAULTS.device,
    group: model,
  },
  threads: { type: 'number', describe: 'threads of onnxruntime', default: 'one a core', group: model },
  layout: {
    type: 'string',
    choices: FEATURE_LAYOUTS,
    describe: 'safetensors (native), or the HDF5 files and folders of CLAM, TRIDENT or STAMP',
    default: EMBED_DEFAULTS.layout,
    group: features,
  },
  precision: {
    type: 'string',
    choices: FEATURE_PRECISIONS,
    describe: 'of the features in native files',
    default: EMBED_DEFAULTS.precision,
    group: features,
  },
  onBadTile: { ...WRITE_OPTIONS.onBadTile, default: WRITE_DEFAULTS.onBadTile, group: features },
  overwrite: { type: 'boolean', describe: 'replace files that are there', group: features },
} as const satisfies OptionTable;

/** For `embedSlides`; what was not given is left out. @throws UsageError */
export function toEmbedOptions(args: ParsedOptions<typeof EMBED_OPTIONS>) {
  const { model, output, take, specialTokens, mean, std, inputSize, batchSize, device, threads } = args;
  const { layout, precision, onBadTile, overwrite } = args;
  const options = {
    ...{ model, output, take, specialTokens, mean, std, inputSize, batchSize, device, threads },
    ...{ layout, precision, onBadTile, overwrite },
  };
  checkWithFlags({}, () => {
    resolveBackboneOptions(options);
    resolveFileOptions(options);
  });
  return options;
}
