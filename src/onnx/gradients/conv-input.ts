import { int, ints } from '../attributes.ts';
import { slice, transpose } from '../emit.ts';
import type { GradientContext } from '../gradient-rule.ts';
import type { Window } from '../window.ts';
import { addConvTranspose, type ConvShape } from './conv-parts.ts';

/**
 * The gradient with respect to the input. With stride 1 and one group a convolution with the flipped kernel is the faster
 * way: 0.95 to 1.55 of the forward time, where ConvTranspose takes 1.15 to 2.
 */
export function computeConvInputGradient(
  context: GradientContext,
  shape: ConvShape & { weight: string; gradient: string },
): string {
  const pads = canFlip(shape) ? getFlippedPads(shape.window) : undefined;
  return pads ? addFlippedConv(context, { ...shape, pads }) : addConvTranspose(context.builder, shape);
}

function canFlip({ window, groups }: ConvShape): boolean {
  return groups === 1 && window.strides.every((stride) => stride === 1);
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
  { window, weight, gradient, pads }: ConvShape & { weight: string; gradient: string; pads: readonly number[] },
): string {
  const spatial = window.kernel.map((_, axis) => axis + 2);
  const turned = transpose(builder, weight, [1, 0, ...spatial]);
  const axes = spatial.filter((_, axis) => (window.kernel[axis] ?? 1) > 1);
  const flipped =
    axes.length === 0
      ? turned
      : slice(builder, turned, {
          axes,
          starts: axes.map(() => -1),
          ends: axes.map(() => -(2 ** 31)),
          steps: axes.map(() => -1),
        });
  return builder.add('Conv', [gradient, flipped], {
    kernel_shape: ints(window.kernel),
    strides: ints(window.strides),
    dilations: ints(window.dilations),
    pads: ints(pads),
    group: int(1),
  });
}
