import { int, ints } from '../attributes.ts';
import { concat, listAxes, multiply, pad, reduceSum, reshape, slice, transpose } from '../emit.ts';
import type { GradientContext } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
import { listOffsets, type Window } from '../window.ts';
import type { ConvShape } from './conv-parts.ts';
import { multiplyPatches } from './conv-patches.ts';
import type { WeightWay } from './conv-strategy.ts';
import { takeOffset } from './take-offset.ts';

type WeightProblem = ConvShape & {
  readonly input: string;
  readonly gradient: string;
};

/** The gradient with respect to the weights, [outputs, groupInputs, ...kernel]. */
export function computeConvWeightGradient(context: GradientContext, problem: WeightProblem, way: WeightWay): string {
  if (way === 'patches') return multiplyPatches(context, problem);
  return way === 'sums' ? sumOffsets(context, problem) : convolve(context, problem);
}

function padInput({ builder }: GradientContext, input: string, { padsBefore, padsAfter }: Window): string {
  return pad(builder, input, [0, 0, ...padsBefore], [0, 0, ...padsAfter]);
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
 * Any groups: batch and channels change places, so that the gradient is the kernel; strides and dilations
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
