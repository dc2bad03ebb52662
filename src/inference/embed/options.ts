import {
  FEATURE_LAYOUTS,
  FEATURE_PRECISIONS,
  type FeatureLayout,
  type FeaturePrecision,
} from '../../io/feature-files/feature-table.ts';
import { DEVICE_CHOICES, type DeviceChoice } from '../../onnx/open-on-device.ts';
import { checkMemoryMode, type MemoryMode } from '../../utils/memory-mode.ts';
import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';

/**
 * What of a model's output the features are. Of tokens: the first (`cls`), the mean of those of the picture (`mean`), or one after
 * the other (`cls-mean`). `auto`: `cls` where there is one, else the mean; of maps and vectors there is one way only.
 */
export const FEATURE_TAKES = ['auto', 'cls', 'mean', 'cls-mean'] as const;
export type FeatureTake = (typeof FEATURE_TAKES)[number];

/** A model that makes features, and how it is run. */
export interface BackboneOptions {
  /** An ONNX file; what its card (`<name>.card.json`) says holds where the options say nothing. */
  model: string;
  /** Name of the output, or of a value inside the model. Default: the first output. */
  output?: string | undefined;
  take?: FeatureTake | undefined;
  /** Tokens before those of the picture: the class token and registers. Default: as many as its grid leaves, of 0, 1 and 5. */
  specialTokens?: number | undefined;
  /** Of each channel, of levels brought to 0..1. Default: the card's, else ImageNet's. */
  mean?: readonly number[] | undefined;
  std?: readonly number[] | undefined;
  /** Side of the pictures, for a model that takes any. Default: the card's, else 224. */
  inputSize?: number | undefined;
  /** Patches in one run of the model; of a model with a fixed batch, that. Default 8 on the processor, 32 elsewhere. */
  batchSize?: number | undefined;
  device?: DeviceChoice | undefined;
  /** Threads of onnxruntime; one a core by default. */
  threads?: number | undefined;
  /** `naive` keeps the pictures and the output of every batch until the model is closed: to compare with. */
  mode?: MemoryMode | undefined;
}

export const EMBED_DEFAULTS = Object.freeze({
  layout: 'native',
  precision: 'float32',
  take: 'auto',
  inputSize: 224,
  /** On the processor more are slower, as they leave its caches, and take more memory. */
  batchSize: { cpu: 8, other: 32 },
  device: 'cpu',
} as const);

/** ImageNet's, which most models are trained with first. */
export const IMAGENET = Object.freeze({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const);

export interface ResolvedBackboneOptions extends BackboneOptions {
  readonly take: FeatureTake;
  readonly batchSize: number;
  readonly device: DeviceChoice;
}

/** @throws OptionError */
export function resolveBackboneOptions(options: BackboneOptions): ResolvedBackboneOptions {
  const { take, batchSize: sizes, device } = EMBED_DEFAULTS;
  const batchSize = (options.device ?? device) === 'cpu' ? sizes.cpu : sizes.other;
  const resolved = withDefaults({ take, batchSize, device }, options);
  checkChoice('take', resolved.take, FEATURE_TAKES);
  checkChoice('device', resolved.device, DEVICE_CHOICES);
  checkMemoryMode(resolved.mode);
  checkInteger('batchSize', resolved.batchSize, { min: 1 });
  if (resolved.inputSize !== undefined) checkInteger('inputSize', resolved.inputSize, { min: 1 });
  if (resolved.specialTokens !== undefined) checkInteger('specialTokens', resolved.specialTokens, { min: 0 });
  if (resolved.threads !== undefined) checkInteger('threads', resolved.threads, { min: 1 });
  return resolved as ResolvedBackboneOptions;
}

/** How features are written. */
export interface FeatureFileOptions {
  /** Default `native`. */
  layout?: FeatureLayout | undefined;
  /** Of the native layout: `float16` halves the files, and rounds. Default `float32`. */
  precision?: FeaturePrecision | undefined;
}

/** @throws OptionError */
export function resolveFileOptions({ layout, precision }: FeatureFileOptions): Required<{
  layout: FeatureLayout;
  precision: FeaturePrecision;
}> {
  return {
    layout: checkChoice('layout', layout ?? EMBED_DEFAULTS.layout, FEATURE_LAYOUTS),
    precision: checkChoice('precision', precision ?? EMBED_DEFAULTS.precision, FEATURE_PRECISIONS),
  };
}
