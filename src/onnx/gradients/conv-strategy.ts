import type { NodeContext } from '../gradient-rule.ts';
import { type ConvShape, countPixels, listPixels } from './conv-parts.ts';

/** How the gradient to the weights is written: products with patches, sums for each channel, or an odd convolution. */
export type WeightWay = 'patches' | 'sums' | 'conv';

/** How a convolution and its gradients are written. By pixels are all of them or none (`conv-pixels.ts`). */
export type ConvStrategy =
  | { readonly forward: 'pixels'; readonly toInput?: never; readonly toWeight?: never }
  | {
      /** The operator, or onnxruntime's own with channels in blocks (`conv-blocked.ts`). */
      readonly forward: 'conv' | 'blocked';
      /** A convolution with the flipped kernel, plain or blocked, or ConvTranspose. */
      readonly toInput: 'flipped' | 'blocked' | 'transposed';
      readonly toWeight: WeightWay;
    };

/** Maps of at most so many pixels, and of four times as many channels as pixels, are small. */
const SMALL_MAP = 64;
const CHANNELS_TO_PIXELS = 4;
const FEW_CHANNELS = 16;

/**
 * The fastest way for a shape. Milliseconds of one thread (AVX-512) for 32 samples; 680 million products in each sum, 340 with
 * stride 2, at best 13 and 7 ms:
 *
 * | kernel, channels, map  | forward: conv, blocked, pixels | to input: transposed, flipped, blocked, pixels | to weight: patches, pixels |
 * | ---------------------- | ------------------------------ | ---------------------------------------------- | -------------------------- |
 * | 3 x 3, 32, 48 x 48     | 18.1, 14.6, -                  | 22.0, 18.2, 14.5, -                            | 27.3, -                    |
 * | 3 x 3, 64, 24 x 24     | 16.1, 13.4, -                  | 18.1, 16.1, 13.8, -                            | 21.5, -                    |
 * | 3 x 3, 128, 12 x 12    | 15.1, 13.6, 33.5               | 17.3, 15.4, 14.7, 36.2                         | 17.2, 17.6                 |
 * | 3 x 3, 256, 6 x 6      | 18.5, 15.3, 16.4               | 24.2, 21.5, 17.5, 17.8                         | 16.8, 13.2                 |
 * | 3 x 3, 512, 3 x 3      | 23.6, 22.2, 12.3               | 47.8, 33.3, 32.6, 13.7                         | 17.8, 11.2                 |
 * | / 2, 128 to 256, 12    | 9.0, -, 11.3                   | 11.7, -, -, 11.8                               | 8.5, 7.7                   |
 * | / 2, 256 to 512, 6     | 11.7, -, 9.1                   | 21.7, -, -, 8.9                                | 8.8, 7.7                   |
 * | 1 x 1, 512 to 128, 4   | 0.7, -, 1.0                    | 1.3, 0.7, -, 1.2                               | 1.1, 1.0                   |
 *
 * On small maps a sample has too few columns for a product of its own; by pixels all samples are in one, and what would only
 * meet the padding is left out. Its sums over offsets cost as many products as there are pixels for each channel, hence the limit.
 */
export function chooseConvStrategy(
  shape: ConvShape,
  { device, channelBlock }: Pick<NodeContext, 'device' | 'channelBlock'>,
): ConvStrategy {
  if (device === 'cpu' && isSmall(shape)) return { forward: 'pixels' };
  const { window, groups } = shape;
  const toWeight = chooseWeightWay(shape);
  if (groups > 1 || window.strides.some((stride) => stride > 1))
    return { forward: 'conv', toInput: 'transposed', toWeight };
  return device === 'cpu' && channelBlock !== undefined && fillsBlocks(shape, channelBlock)
    ? { forward: 'blocked', toInput: 'blocked', toWeight }
    : { forward: 'conv', toInput: 'flipped', toWeight };
}

/**
 * Few channels want all offsets of the kernel in one product, which a large kernel's patches make too dear: of the first layer of
 * ResNet-18 (7 x 7, 3 to 64 channels, 48 x 48) they are 43 MB, of the largest memory of a step that would be 680; 25 ms, not 33.
 */
export function chooseWeightWay({ window, groups, groupInputs, outputs }: ConvShape): WeightWay {
  const rows = groupInputs * countPixels(window.kernel);
  if (groups === 1) return groupInputs < FEW_CHANNELS && rows > outputs ? 'conv' : 'patches';
  return groupInputs === 1 && outputs === groups ? 'sums' : 'conv';
}

function isSmall({ window, groups, outputs, groupInputs }: ConvShape): boolean {
  const pixels = Math.max(countPixels(window.input), countPixels(window.output));
  if (
    groups > 1 ||
    countPixels(window.kernel) === 1 ||
    pixels > SMALL_MAP ||
    pixels * CHANNELS_TO_PIXELS > Math.min(outputs, groupInputs)
  )
    return false;
  // An offset that reaches padding alone would be an empty product.
  return listPixels({ window }).every((pixels) => pixels.some((pixel) => pixel !== undefined));
}

/** Kernels of one pixel are products already. */
function fillsBlocks({ window, outputs, groupInputs }: ConvShape, block: number): boolean {
  return (
    window.kernel.length === 2 && countPixels(window.kernel) > 1 && outputs % block === 0 && groupInputs % block === 0
  );
}
