import { DEVICE_CHOICES, type DeviceChoice } from '../../onnx/open-on-device.ts';
import { BAD_IMAGE_CHOICES, type BadImageChoice } from '../../train/data/check-images.ts';
import type { ColumnNames } from '../../train/data/find-columns.ts';
import { OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';

/** What is done to the numbers that a model gives. `auto`: as its card or its last operator says. */
export const ACTIVATION_CHOICES = ['auto', 'softmax', 'sigmoid', 'none'] as const;
export type ActivationChoice = (typeof ACTIVATION_CHOICES)[number];
export type Activation = Exclude<ActivationChoice, 'auto'>;

/** How a model is fed; the same for predictions and for quantisation. */
export interface ModelInputOptions {
  /** Path of an ONNX file that takes [batch, 3, height, width]; its card (`model.card.json`) is used where there is one. */
  model: string;
  /** Sides of the model's input in pixels, where neither model nor card says them. */
  inputSize?: number | undefined;
  /** A sample is (level / 255 - mean) / std; of red, green and blue. Default: the card's, else ImageNet's. */
  mean?: readonly number[] | undefined;
  std?: readonly number[] | undefined;
  /** Names of the classes in their order. Default: the card's, else numbers from 0. */
  classes?: readonly string[] | undefined;
  /** Name of the output that is read. Default: the card's, else the first. */
  outputName?: string | undefined;
  activation?: ActivationChoice | undefined;
}

/** Which pictures are read, and how. */
export interface PictureInputOptions {
  /** Tables of pictures (CSV), folders of pictures, output folders of `patches` or of `run`. */
  input: string | readonly string[];
  /** Folder that relative paths of tables start at. Default: the table's own. */
  root?: string | undefined;
  columns?: ColumnNames | undefined;
}

export interface ClassifyProgress {
  /** Pictures that are done, those of an earlier run among them, and all of them. */
  readonly done: number;
  readonly total: number;
}

/** Predictions of a classifier for pictures. Only the first three members are needed: input, model, out. */
export interface ClassifyConfig extends ModelInputOptions, PictureInputOptions {
  /** Folder for predictions.csv, summary.json and record.json. */
  out: string;
  /**
   * Least probability that decides for the second of two classes; with more classes for the most probable one, and for each by
   * itself where they don't exclude each other. Default: the card's, else 0.5; none with more than two that do.
   */
  threshold?: number | undefined;
  onBadImage?: BadImageChoice | undefined;
  /** Pictures of one run of the model. A model with a fixed batch has its own. */
  batchSize?: number | undefined;
  /** Threads that read pictures. 0: everything on the caller's thread, which then waits for each run of the model. */
  workers?: number | undefined;
  /** Threads of onnxruntime. Default: one a core. */
  threads?: number | undefined;
  device?: DeviceChoice | undefined;
  /** Make the predictions anew and replace what is there. */
  overwrite?: boolean | undefined;
  signal?: AbortSignal | undefined;
  logger?: Logger | undefined;
  onProgress?: ((progress: ClassifyProgress) => void) | undefined;
}

export const CLASSIFY_DEFAULTS = Object.freeze({
  activation: 'auto',
  onBadImage: 'fail',
  batchSize: 32,
  workers: 2,
  device: 'cpu',
  overwrite: false,
} as const);

export type ClassifySettings = Readonly<
  ClassifyConfig & { readonly [K in keyof typeof CLASSIFY_DEFAULTS]: NonNullable<ClassifyConfig[K]> }
>;

/** A config with defaults, checked before anything is read. @throws OptionError */
export function resolveClassify(config: ClassifyConfig): ClassifySettings {
  const chosen = withDefaults(CLASSIFY_DEFAULTS, config) as ClassifySettings;
  if (typeof chosen.out !== 'string' || chosen.out === '') throw new OptionError('out', 'a text', chosen.out);
  checkModelInput(chosen);
  checkInputs(chosen.input);
  if (chosen.threshold !== undefined) checkNumber('threshold', chosen.threshold);
  checkChoice('onBadImage', chosen.onBadImage, BAD_IMAGE_CHOICES);
  checkInteger('batchSize', chosen.batchSize, { min: 1, max: 4096 });
  checkInteger('workers', chosen.workers, { min: 0 });
  if (chosen.threads !== undefined) checkInteger('threads', chosen.threads, { min: 1 });
  checkChoice('device', chosen.device, DEVICE_CHOICES);
  checkBoolean('overwrite', chosen.overwrite);
  return chosen;
}

/** @throws OptionError */
export function checkModelInput({ model, inputSize, classes, activation }: ModelInputOptions): void {
  if (typeof model !== 'string' || model === '') throw new OptionError('model', 'the path of an ONNX file', model);
  if (inputSize !== undefined) checkInteger('inputSize', inputSize, { min: 8, max: 4096 });
  if (activation !== undefined) checkChoice('activation', activation, ACTIVATION_CHOICES);
  if (classes && (classes.length < 2 || new Set(classes).size < classes.length || classes.includes('')))
    throw new OptionError('classes', 'two or more different names', classes.join(', '));
}

/** @throws OptionError */
export function checkInputs(input: string | readonly string[]): readonly string[] {
  const inputs = typeof input === 'string' ? [input] : input;
  if (!Array.isArray(inputs) || inputs.length === 0 || inputs.some((one) => typeof one !== 'string' || one === ''))
    throw new OptionError('input', 'a table or a folder of pictures', input);
  return inputs;
}

/** Options that have a say in the predictions, as JSON: for the record, and to tell whether an unfinished run is this one. */
export function listClassifyOptions(settings: ClassifySettings): Readonly<Record<string, unknown>> {
  const { input, root, columns, classes, inputSize, mean, std, outputName, activation } = settings;
  const { threshold, onBadImage, batchSize, device } = settings;
  const pictures = { input: checkInputs(input), root, columns, onBadImage };
  return { ...pictures, classes, inputSize, mean, std, outputName, activation, threshold, batchSize, device };
}
