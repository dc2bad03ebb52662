import type { Device } from '../session.ts';
import { type ConvShape, countPixels, listPixels } from './conv-parts.ts';

/** How a convolution and its gradients are written. */
export interface ConvStrategy {
  /** The convolution: the operator, or products by pixels (`conv-pixels.ts`). */
  readonly forward: 'conv' | 'pixels';
  /** Its gradient to the input: products by pixels, a convolution with the flipped kernel, or ConvTranspose. */
  readonly toInput: 'pixels' | 'flipped' | 'transposed';
  /** Its gradient to the weights: products by pixels, products with patches, sums for each channel, or an odd convolution. */
  readonly toWeight: 'pixels' | 'patches' | 'sums' | 'conv';
}

/** Maps of at most so many pixels, and of four times as many channels as pixels, are small. */
const SMALL_MAP = 64;
const CHANNELS_TO_PIXELS = 4;

/**
 * The fastest way for a shape. Milliseconds of one thread for 32 samples, 0.34 (stride 2, 1 x 1 less) or 0.68 billion
 * multiplications; the processor's best is 13.5 for 0.68:
 *
 * | kernel, channels, map    | forward: conv | pixels | to input: conv | pixels | to weights: offsets | patches | pixels |
 * | ------------------------ | ------------- | ------ | -------------- | ------ | ------------------- | ------- | ------ |
 * TABLE
 *
 * Small maps leave the operator few columns for each sample; there one product of all samples pays, and leaves out what only
 * meets padding. Other processors than the CPU keep their own convolutions.
 */
export function chooseConvStrategy(shape: ConvShape, device: Device): ConvStrategy {
  const { window, groups, outputs, groupInputs } = shape;
  if (device === 'cpu' && isSmall(shape)) return { forward: 'pixels', toInput: 'pixels', toWeight: 'pixels' };
  const flips = groups === 1 && window.strides.every((stride) => stride === 1);
  const toInput = flips ? 'flipped' : 'transposed';
  if (groups === 1) return { forward: 'conv', toInput, toWeight: 'patches' };
  const each = groupInputs === 1 && outputs === groups;
  return { forward: 'conv', toInput, toWeight: each ? 'sums' : 'conv' };
}

function isSmall({ window, groups, outputs, groupInputs }: ConvShape): boolean {
  const pixels = Math.max(countPixels(window.input), countPixels(window.output));
  if (groups > 1 || pixels > SMALL_MAP || pixels * CHANNELS_TO_PIXELS > Math.min(outputs, groupInputs)) return false;
  // An offset that reaches padding alone would be an empty product.
  return listPixels(window).every((pixels) => pixels.some((pixel) => pixel !== undefined));
}
