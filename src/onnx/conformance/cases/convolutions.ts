import { int, ints as list, text } from '../../attributes.ts';
import type { Attributes } from '../../graph.ts';
import { type ConformanceCase, createCase } from '../conformance-case.ts';
import { type ConvolveOptions, convolve, type SpreadOptions, spread } from '../kernels/convolve.ts';
import { noise, reshape } from '../values.ts';

/** What onnxruntime would choose on WebGPU by itself. */
const OWN_LAYOUT = { only: 'webgpu', avoidedOn: ['webgpu'], layout: 'NHWC' } as const;

/** Sizes are odd, so that no vector width divides them. */
const CONVOLUTIONS: readonly ConformanceCase[] = [
  conv('3x3', [2, 8, 9, 11], [16, 8, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('7x7 by 2, of 3 channels', [1, 3, 17, 19], [8, 3, 7, 7], { pads: [3, 3, 3, 3], strides: [2, 2] }),
  conv('uneven padding and strides', [2, 5, 9, 11], [7, 5, 3, 2], { pads: [0, 1, 2, 1], strides: [2, 3] }),
  conv('dilated', [1, 4, 11, 13], [6, 4, 3, 3], { pads: [2, 3, 2, 3], dilations: [2, 3] }),
  conv('1x1', [2, 12, 7, 5], [10, 12, 1, 1], {}),
  conv('1x1 by 2', [2, 12, 7, 5], [10, 12, 1, 1], { strides: [2, 2] }),
  conv('16x16 by 16, as patches are cut', [1, 3, 32, 32], [8, 3, 16, 16], { strides: [16, 16] }),
  conv('depthwise', [2, 8, 9, 11], [8, 1, 3, 3], { pads: [1, 1, 1, 1], group: 8 }),
  conv('depthwise, 2 outputs a channel', [1, 6, 9, 7], [12, 1, 3, 3], { group: 6 }),
  conv('groups of 4 outputs', [4, 8, 26, 24], [8, 4, 2, 2], { group: 2 }),
  conv('groups of 5 outputs', [4, 8, 26, 24], [10, 4, 2, 2], { group: 2 }),
  conv('groups of 3 outputs', [1, 6, 8, 10], [9, 2, 3, 3], { group: 3 }),
  conv("groups of 5 outputs, in onnxruntime's own layout", [4, 8, 26, 24], [10, 4, 2, 2], { group: 2 }, OWN_LAYOUT),
];

const TRANSPOSED: readonly ConformanceCase[] = [
  transposed('2x2 by 2', [2, 6, 5, 4], [6, 4, 2, 2], { strides: [2, 2] }),
  transposed('3x3 by 2', [1, 5, 4, 6], [5, 3, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], outputPadding: [1, 1] }),
  transposed('uneven padding, dilated', [1, 4, 5, 6], [4, 3, 3, 2], { pads: [1, 0, 2, 1], dilations: [2, 1] }),
  transposed('groups of 5 outputs', [1, 4, 5, 6], [4, 5, 3, 3], { strides: [2, 1], group: 2 }),
  transposed('depthwise', [2, 6, 4, 5], [6, 1, 3, 3], { pads: [1, 1, 1, 1], group: 6 }),
];

const OTHERS: readonly ConformanceCase[] = [
  createCase('Conv', 'one dimension', {
    inputs: [noise([2, 6, 20]), noise([8, 6, 3])],
    attributes: { kernel_shape: list([3]), pads: list([1, 1]) },
    expected: () => {
      const result = convolve(noise4([2, 6, 1, 20], [2, 6, 20]), noise4([8, 6, 1, 3], [8, 6, 3]), {
        pads: [0, 1, 0, 1],
      });
      return reshape(result, [2, 8, 20]);
    },
  }),
  createCase('Conv', 'padded by itself', {
    inputs: [noise([1, 4, 8, 7]), noise([5, 4, 3, 3])],
    attributes: { auto_pad: text('SAME_UPPER'), strides: list([2, 2]), kernel_shape: list([3, 3]) },
    // 8 rows need 1 of padding, which goes below; 7 columns need 2, one on each side.
    expected: () => convolve(noise([1, 4, 8, 7]), noise([5, 4, 3, 3]), { strides: [2, 2], pads: [0, 1, 1, 1] }),
  }),
];

export const CONVOLUTION_CASES: readonly ConformanceCase[] = [...CONVOLUTIONS, ...OTHERS, ...TRANSPOSED];

function conv(
  form: string,
  x: number[],
  w: number[],
  options: ConvolveOptions,
  more: Partial<typeof OWN_LAYOUT> = {},
): ConformanceCase {
  const bias = noise([w[0] ?? 1]);
  return createCase('Conv', form, {
    inputs: [noise(x), noise(w), bias],
    attributes: { kernel_shape: list(w.slice(2)), ...toAttributes(options) },
    expected: () => convolve(noise(x), noise(w), { ...options, bias }),
    ...more,
  });
}

function transposed(form: string, x: number[], w: number[], options: SpreadOptions): ConformanceCase {
  const bias = noise([(w[1] ?? 1) * (options.group ?? 1)]);
  const { outputPadding } = options;
  return createCase('ConvTranspose', form, {
    inputs: [noise(x), noise(w), bias],
    attributes: {
      kernel_shape: list(w.slice(2)),
      ...toAttributes(options),
      ...(outputPadding ? { output_padding: list(outputPadding) } : {}),
    },
    expected: () => spread(noise(x), noise(w), { ...options, bias }),
  });
}

function toAttributes({ strides, pads, dilations, group }: ConvolveOptions): Attributes {
  return {
    ...(strides ? { strides: list(strides) } : {}),
    ...(pads ? { pads: list(pads) } : {}),
    ...(dilations ? { dilations: list(dilations) } : {}),
    ...(group ? { group: int(group) } : {}),
  };
}

/** The noise of three dimensions as a picture of one row. */
function noise4(dims: readonly number[], own: readonly number[]) {
  return reshape(noise(own), dims);
}
