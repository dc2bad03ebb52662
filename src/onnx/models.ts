/** Networks to be trained from scratch, as ONNX files. */
import { checkChoice, checkInteger } from '../utils/options.ts';
import type { NetworkOptions } from './models/network.ts';
import { createResnetTiny } from './models/resnet-tiny.ts';
import { createResnet18 } from './models/resnet18.ts';
import { createVitTiny } from './models/vit-tiny.ts';

const MODELS = {
  'resnet-tiny': createResnetTiny,
  resnet18: createResnet18,
  'vit-tiny': createVitTiny,
} as const satisfies Readonly<Record<string, (options: NetworkOptions) => Uint8Array>>;

export type ModelName = keyof typeof MODELS;
export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

export interface CreateModelOptions {
  /** How many logits it gives. */
  classes: number;
  /** Of the pictures that it takes, in pixels. */
  width: number;
  height: number;
  /** Of the weights: the same seed gives the same bytes. */
  seed: number;
}

/** Smaller pictures would be less than a pixel before the last stage ends. */
const LEAST_SIDE = 16;

/**
 * A model of opset 17 in its training form (batch normalisation by the batch): input `images`, float32 [batch, 3, height,
 * width] with any batch; output `logits` [batch, classes]. Weights are named as in torch's state_dict and stand in the order
 * of the forward pass.
 * @throws OptionError
 */
export function createModel(name: ModelName, options: CreateModelOptions): Uint8Array {
  checkChoice('model', name, MODEL_NAMES);
  const classes = checkInteger('classes', options.classes, { min: 1 });
  const width = checkInteger('width', options.width, { min: LEAST_SIDE, max: 4096 });
  const height = checkInteger('height', options.height, { min: LEAST_SIDE, max: 4096 });
  const seed = checkInteger('seed', options.seed, { min: 0, max: 2 ** 32 - 1 });
  return MODELS[name]({ classes, width, height, seed });
}
