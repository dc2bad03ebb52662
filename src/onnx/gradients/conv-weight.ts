import { int, ints } from '../attributes.ts';
import { concat, gemm, listAxes, multiply, pad, reduceSum, reshape, slice, transpose } from '../emit.ts';
import type { GradientContext } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
import { listOffsets, type Window } from '../window.ts';
import type { ConvShape } from './conv-parts.ts';
import { takeOffset } from './take-offset.ts';

type WeightProblem = ConvShape & {
  readonly input: string;
  readonly gradient: string;
};

/** From so many input channels on, a matrix product for each offset of the kernel beats one odd convolution. */
const MIN_CHANNELS_FOR_PRODUCTS = 16;

/** The gradient with respect to the weights, [outputs, groupInputs, ...kernel], in the way that is fastest for its shape. */
export function computeConvWeightGradient(context: GradientContext, problem: WeightProblem): string {
  const { groups, groupInputs, outputs } = problem;
  if (groups > 1 && groupInputs === 1 && outputs === groups) return sumOffsets(context, problem);
  if (groups === 1 && groupInputs >= MIN_CHANNELS_FOR_PRODUCTS) return multiplyOffsets(context, problem);
  return convolve(context, problem);
}

function padInput({ builder }: GradientContext, input: string, { padsBefore, padsAfter }: Window): string {
  return pad(builder, input, [0, 0, ...padsBefore], [0, 0, ...padsAfter]);
}

/** One group: for each offset, outputs x pixels times pixels x inputs. */
function multiplyOffsets(context: GradientContext, problem: WeightProblem): string {
  const { builder } = context;
  const { window, groupInputs, outputs, input, gradient } = problem;
  const spatial = window.kernel.map((_, axis) => axis + 2);
  const channelsFirst = (value: string) => transpose(builder, value, [1, 0, ...spatial]);
  const padded = channelsFirst(padInput(context, input, window));
  const rows = reshape(builder, channelsFirst(gradient), [outputs, DYNAMIC]);
  const products = listOffsets(window).map((offset) => {
    const pixels = reshape(builder, takeOffset(builder, padded, { window, offset }), [groupInputs, DYNAMIC]);
    return gemm(builder, rows, pixels, { transB: true });
  });
  const shape = [outputs, groupInputs];
  if (products.length === 1) return reshape(builder, products[0] ?? '', [...shape, ...window.kernel]);
  const stacked = concat(
    builder,
    products.map((product) => reshape(builder, product, [...shape, 1])),
    2,
  );
  return reshape(builder, stacked, [...shape, ...window.kernel]);
}

/** Each channel by itself: for each offset, the sum of pixel times gradient. */
function sumOffsets(context: GradientContext, problem: WeightProblem): string {
  const { builder } = context;
  const { window, outputs, input, gradient } = problem;
  const padded = padInput(context, input, window);
  const rank = window.kernel.length + 2;
  const axes = listAxes(rank).filter((axis) => axis !== 1);
  const sums = listOffsets(window).map((offset) => {
    const product = multiply(builder, takeOffset(builder, padded, { window, offset }), gradient);
    return reshape(builder, reduceSum(builder, product, axes, false), [outputs, 1]);
  });
  return reshape(builder, concat(builder, sums, 1), [outputs, 1, ...window.kernel]);
}

/**
 * Any groups, few channels: batch and channels change places, so that the gradient is the kernel; strides and dilations
 * change places with them. What comes out too large, where the stride left pixels over, is cut.
 */
function convolve(context: GradientContext, problem: WeightProblem): string {
  const { builder } = context;
  const { window, groups, groupInputs, input, gradient } = problem;
  const { kernel, strides, dilations, padsBefore, padsAfter, output } = window;
  const spatial = kernel.map((_, axis) => axis + 2);
  const turned =
    groups === 1
      ? transpose(builder, input, [1, 0, ...spatial])
      : turnGroups(context, input, { groups, groupInputs, sizes: window.input });
  const raw = builder.add('Conv', [turned, transpose(builder, gradient, [1, 0, ...spatial])], {
    kernel_shape: ints(output),
    strides: ints(dilations),
    dilations: ints(strides),
    pads: ints([...padsBefore, ...padsAfter]),
    group: int(groups),
  });
  const cut = slice(builder, raw, { axes: spatial, starts: kernel.map(() => 0), ends: kernel });
  return transpose(builder, cut, [1, 0, ...spatial]);
}

/** [N, groups * inputs, ...] to [inputs, groups * N, ...]. */
function turnGroups(
  { builder }: GradientContext,
  input: string,
  { groups, groupInputs, sizes }: { groups: number; groupInputs: number; sizes: readonly number[] },
): string {
  const split = reshape(builder, input, [DYNAMIC, groups, groupInputs, ...sizes]);
  const spatial = sizes.map((_, axis) => axis + 3);
  return reshape(builder, transpose(builder, split, [2, 1, 0, ...spatial]), [groupInputs, DYNAMIC, ...sizes]);
}
