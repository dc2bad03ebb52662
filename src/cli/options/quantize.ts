import { QUANTIZE_DEFAULTS } from '../../inference/quantize/options.ts';
import { CALIBRATION_METHODS } from '../../onnx/quantize/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { createPictureOptions } from './pictures.ts';
import { CLASSIFIER_OPTIONS } from './predict/model.ts';
import { THREAD_OPTIONS } from './predict/run.ts';

const calibration = 'Calibration:';
const rounding = 'Rounding:';
const run = 'Run:';
const { model: _argument, ...KNOWLEDGE_OPTIONS } = CLASSIFIER_OPTIONS;

/** Options of `quantize`; the model stands without a flag. */
export const QUANTIZE_OPTIONS = {
  calibration: {
    type: 'strings',
    describe: 'table or folder of pictures such as the model will see, or the output folder of patches',
    required: true,
    group: calibration,
  },
  calibrationPictures: {
    type: 'number',
    describe: 'pictures that are looked at, spread evenly over --calibration',
    default: QUANTIZE_DEFAULTS.calibrationPictures,
    group: calibration,
  },
  calibrationMethod: {
    type: 'string',
    choices: CALIBRATION_METHODS,
    describe: 'the whole range of each value, or without its outermost numbers',
    default: QUANTIZE_DEFAULTS.calibrationMethod,
    group: calibration,
  },
  percentile: {
    type: 'number',
    describe: 'percentile: percent of the numbers that stay',
    default: QUANTIZE_DEFAULTS.percentile,
    group: calibration,
  },
  ...createPictureOptions(calibration),
  narrowWeights: {
    type: 'boolean',
    describe: 'weights of 7 bits, for processors without AVX-512 VNNI or AVX-VNNI, where 8 bits may overflow',
    group: rounding,
  },
  exclude: { type: 'strings', describe: 'names of nodes that stay in single precision', group: rounding },
  ...KNOWLEDGE_OPTIONS,
  out: { type: 'string', describe: 'path of the new model, .onnx', required: true, group: run, alias: 'o' },
  overwrite: { type: 'boolean', describe: 'replace the file that is there', group: run },
  ...THREAD_OPTIONS,
} as const satisfies OptionTable;

export type QuantizeArguments = ParsedOptions<typeof QUANTIZE_OPTIONS>;
