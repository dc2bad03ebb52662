import { int, ints } from '../attributes.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { getRemainder, type Window } from '../window.ts';

/** A convolution as its gradients see it: weights are [outputs, groupInputs, ...kernel]. */
export interface ConvShape {
  readonly window: Window;
  readonly groups: number;
  readonly outputs: number;
  /** Input channels of each group. */
  readonly groupInputs: number;
}

/** The convolution itself. */
export function addConv(
  builder: GraphBuilder,
  { window, groups, input, weight }: ConvShape & { input: string; weight: string },
): string {
  // What a transposed convolution's output padding added behind is not looked at.
  return builder.add('Conv', [input, weight], {
    ...describeWindow(window),
    group: int(groups),
  });
}

/** The convolution backwards: from its output to its input. */
export function addConvTranspose(
  builder: GraphBuilder,
  { window, groups, gradient, weight }: ConvShape & { gradient: string; weight: string },
): string {
  return builder.add('ConvTranspose', [gradient, weight], {
    ...describeWindow(window),
    group: int(groups),
    output_padding: ints(getRemainder(window)),
  });
}

function describeWindow({ kernel, strides, dilations, padsBefore, padsAfter }: Window) {
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints([...padsBefore, ...padsAfter]),
  };
}
