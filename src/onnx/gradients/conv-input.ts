import { int, ints } from '../attributes.ts';
import { slice, transpose } from '../emit.ts';
import type { GradientContext } from '../gradient-rule.ts';
import type { Window } from '../window.ts';
import { addConvTranspose, type ConvShape } from './conv-parts.ts';
import { spreadPixels } from './conv-pixels.ts';
import type { ConvStrategy } from './conv-strategy.ts';

/**
 * The gradient with respect to the input: products by pixels, a convolution with the flipped kernel (stride 1 and one group), or ConvTranspose,
 * also where flipping would have to crop.
 */
export function computeConvInputGradient(
  context: GradientContext,
  shape: ConvShape & { weight: string; gradient: string },
  way: ConvStrategy['toInput'],
): string {
  if (way === 'pixels') return spreadPixels(context, shape);
  const pads = way === 'flipped' ? getFlippedPads(shape.window) : undefined;
  return pads ? addFlippedConv(context, { ...shape, pads }) : addConvTranspose(context.builder, shape);
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
