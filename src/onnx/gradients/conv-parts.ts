import { getNumber, int, ints } from '../attributes.ts';
import { reshape, transpose } from '../emit.ts';
import type { NodeContext } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { getRemainder, listOffsets, readWindow, type Window } from '../window.ts';

/** A convolution as its gradients see it: weights are [outputs, groupInputs, ...kernel]. */
export interface ConvShape {
  readonly window: Window;
  readonly groups: number;
  readonly outputs: number;
  /** Input channels of each group. */
  readonly groupInputs: number;
}

/**
 * Reads a convolution, or a transposed one as the convolution that it is backwards.
 * @param names of what the window slides over, and of what comes out of it
 * @throws OperatorError where spatial sizes vary
 */
export function readConvShape(context: NodeContext, names: { from: string; to: string }): ConvShape {
  const { node, getDims } = context;
  const [outputs = 1, groupInputs = 1, ...kernel] = getDims(node.inputs[1] ?? '');
  const window = readWindow(context, { ...names, kernel });
  return { window, groups: getNumber(node, 'group', 1), outputs, groupInputs };
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

/** How many pixels a picture of these sizes has. */
export function countPixels(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** [N, channels, ...sizes] to [channels, pixels, N]: a pixel of all samples lies together, and is copied as one piece. */
export function toPixels(
  builder: GraphBuilder,
  value: string,
  { channels, sizes }: { channels: number; sizes: readonly number[] },
): string {
  return transpose(builder, reshape(builder, value, [DYNAMIC, channels, countPixels(sizes)]), [1, 2, 0]);
}

/**
 * For each offset of the kernel, the pixel of the input that lies under it at each position of the window: a flat index, or
 * `undefined` in the padding.
 */
export function listPixels({ window }: { window: Window }): (number | undefined)[][] {
  const { strides, dilations, padsBefore, input, output } = window;
  const positions = listOffsets({ ...window, kernel: output });
  return listOffsets(window).map((offset) =>
    positions.map((position) =>
      position.reduce<number | undefined>((flat, at, axis) => {
        const size = input[axis] ?? 1;
        const place =
          at * (strides[axis] ?? 1) + (offset[axis] ?? 0) * (dilations[axis] ?? 1) - (padsBefore[axis] ?? 0);
        return flat === undefined || place < 0 || place >= size ? undefined : flat * size + place;
      }, 0),
    ),
  );
}
