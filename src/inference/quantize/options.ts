import { CALIBRATION_METHODS, type CalibrationMethod } from '../../onnx/quantize/options.ts';
import type { BadImageChoice } from '../../train/data/check-images.ts';
import { BAD_IMAGE_CHOICES } from '../../train/data/check-images.ts';
import { OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import { checkInputs, checkModelInput, type ModelInputOptions, type PictureInputOptions } from '../classify/options.ts';

export interface QuantizeProgress {
  /** Pictures that were looked at, and all of them; each is looked at several times. */
  readonly done: number;
  readonly total: number;
}

/** A model to be rounded to eight bits. Only model, input and out are needed. `input` has the pictures to calibrate with. */
export interface QuantizeConfig extends ModelInputOptions, PictureInputOptions {
  /** Path of the quantised model; its card is written beside it where the model has one. */
  out: string;
  /** Pictures to calibrate with, spread evenly over the input. */
  calibrationPictures?: number | undefined;
  /** The whole range of each value, or without its outermost numbers. */
  calibrationMethod?: CalibrationMethod | undefined;
  /** Of `percentile`: percent of the numbers that stay. */
  percentile?: number | undefined;
  /** Weights of 7 bits, for processors without instructions for sums of bytes (AVX-512 VNNI, AVX-VNNI). */
  narrowWeights?: boolean | undefined;
  /** Names of nodes that stay in single precision. */
  exclude?: readonly string[] | undefined;
  onBadImage?: BadImageChoice | undefined;
  /** Threads that read pictures; 0 for the caller's own. */
  workers?: number | undefined;
  /** Threads of onnxruntime. Default: one a core. */
  threads?: number | undefined;
  /** Replace the file that is there. */
  overwrite?: boolean | undefined;
  signal?: AbortSignal | undefined;
  logger?: Logger | undefined;
  onProgress?: ((progress: QuantizeProgress) => void) | undefined;
}

export const QUANTIZE_DEFAULTS = Object.freeze({
  calibrationPictures: 128,
  calibrationMethod: 'min-max',
  percentile: 99.99,
  narrowWeights: false,
  exclude: [] as readonly string[],
  onBadImage: 'fail',
  workers: 2,
  overwrite: false,
} as const);

export type QuantizeSettings = Readonly<
  QuantizeConfig & { readonly [K in keyof typeof QUANTIZE_DEFAULTS]: NonNullable<QuantizeConfig[K]> }
>;

/** @throws OptionError */
export function resolveQuantize(config: QuantizeConfig): QuantizeSettings {
  const chosen = withDefaults(QUANTIZE_DEFAULTS, config) as QuantizeSettings;
  if (typeof chosen.out !== 'string' || !/\.onnx$/i.test(chosen.out))
    throw new OptionError('out', 'a path that ends in .onnx', chosen.out);
  checkModelInput(chosen);
  checkInputs(chosen.input);
  checkInteger('calibrationPictures', chosen.calibrationPictures, { min: 1 });
  checkChoice('calibrationMethod', chosen.calibrationMethod, CALIBRATION_METHODS);
  checkNumber('percentile', chosen.percentile, { min: 50, max: 100 });
  checkBoolean('narrowWeights', chosen.narrowWeights);
  checkChoice('onBadImage', chosen.onBadImage, BAD_IMAGE_CHOICES);
  checkInteger('workers', chosen.workers, { min: 0 });
  if (chosen.threads !== undefined) checkInteger('threads', chosen.threads, { min: 1 });
  checkBoolean('overwrite', chosen.overwrite);
  return chosen;
}
