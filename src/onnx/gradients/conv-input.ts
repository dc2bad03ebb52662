import { int, ints } from '../attributes.ts';
import { slice, transpose } from '../emit.ts';
import type { GradientContext } from '../gradient-rule.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { Window } from '../window.ts';
import { addBlockedConv } from './conv-blocked.ts';
import { addConvTranspose, type ConvShape } from './conv-parts.ts';

/**
 * The gradient with respect to the input: a convolution with the flipped kernel, which stride 1 and one group allow, or
 * ConvTranspose, also where flipping would have to crop.
 */
export function computeConvInputGradient(
  context: GradientContext,
  shape: ConvShape & { weight: string; gradient: string },
  way: 'flipped' | 'blocked' | 'transposed',
): string {
  const pads = way === 'transposed' ? undefined : getFlippedPads(shape.window);
  if (!pads) return addConvTranspose(context.builder, shape);
  return addFlippedConv(context, { ...shape, pads, block: way === 'blocked' ? context.channelBlock : undefined });
}

/** Padding under which the flipped kernel reaches every pixel; `undefined` where it would have to crop. */
function getFlippedPads(window: Window): number[] | undefined {
  const { kernel, dilations, padsBefore, padsAfter } = window;
  const reach = kernel.map((size, axis) => (size - 1) * (dilations[axis] ?? 1));
  const pads = [padsBefore, padsAfter].flatMap((side) => reach.map((size, axis) => size - (side[axis] ?? 0)));
  return pads.every((size) => size >= 0) ? pads : undefined;
}

function addFlippedConv(
  { builder }: GradientContext,
  shape: ConvShape & { weight: string; gradient: string; pads: readonly number[]; block: number | undefined },
): string {
  const { window, outputs, groupInputs, gradient, pads, block } = shape;
  const { kernel, strides, dilations } = window;
  const weight = flipWeight(builder, shape.weight, kernel);
  const conv = { input: gradient, weight, outputs: groupInputs, inputs: outputs, kernel, dilations, pads };
  if (block !== undefined) return addBlockedConv(builder, conv, block);
  return builder.add('Conv', [gradient, weight], {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints(pads),
    group: int(1),
  });
}

/** [outputs, inputs, ...kernel] to [inputs, outputs, ...] with each axis of the kernel in reverse. */
function flipWeight(builder: GraphBuilder, weight: string, kernel: readonly number[]): string {
  const spatial = kernel.map((_, axis) => axis + 2);
  const turned = transpose(builder, weight, [1, 0, ...spatial]);
  const axes = spatial.filter((_, axis) => (kernel[axis] ?? 1) > 1);
  if (axes.length === 0) return turned;
  return slice(builder, turned, {
    axes,
    starts: axes.map(() => -1),
    ends: axes.map(() => -(2 ** 31)),
    steps: axes.map(() => -1),
  });
}
