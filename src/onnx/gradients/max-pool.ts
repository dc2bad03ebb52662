import { getNumbers, int, ints, text } from '../attributes.ts';
import { createUnsupported, multiply, reshape, toMask } from '../emit.ts';
import type { GradientContext, GradientRule } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
import { closeWindow, getRemainder, listOffsets, readWindow, type Window } from '../window.ts';
import { takeOffset } from './take-offset.ts';

/** Adds each gradient to the element that won: by the place that the lowering kept, or by looking for it again. */
export const maxPool: GradientRule = (context) => {
  const { indices } = context.saved;
  return [indices === undefined ? findWinners(context) : scatterToPlaces(context, indices)];
};

function scatterToPlaces(context: GradientContext, indices: string): string {
  const { builder, node, getType } = context;
  const [dy = ''] = context.outputGradients;
  const x = node.inputs[0] ?? '';
  const count = builder.add('Reshape', [builder.add('Size', [x]), builder.ints([1])]);
  const zeros = builder.add('Expand', [builder.scalar(0, getType(x)), count]);
  const places = reshape(builder, indices, [DYNAMIC, 1]);
  const flat = builder.add('ScatterND', [zeros, places, reshape(builder, dy, [DYNAMIC])], { reduction: text('add') });
  return builder.add('Reshape', [flat, builder.add('Shape', [x])]);
}

/** For each offset of the window, the gradients whose maximum lies there; of equal maxima the first has it. */
function findWinners(context: GradientContext): string {
  const { builder, node, getDims, getType } = context;
  const [dy = ''] = context.outputGradients;
  const x = node.inputs[0] ?? '';
  const y = node.outputs[0] ?? '';
  const kernel = getNumbers(node, 'kernel_shape') ?? [];
  const window = closeWindow(readWindow(context, { from: x, to: y, kernel }));
  const channels = getDims(x)[1] ?? DYNAMIC;
  if (channels === DYNAMIC) throw createUnsupported(context, 'over channels whose number varies');
  const padded = padLow(context, x, window);
  const offsets = listOffsets(window);
  let left = dy;
  const parts = offsets.map((offset, index) => {
    const mask = toMask(context, builder.add('Equal', [takeOffset(builder, padded, { window, offset }), y]), y);
    const won = multiply(builder, left, mask);
    if (index < offsets.length - 1) left = builder.add('Sub', [left, won]);
    const spots = offsets.map((other) => (other === offset ? 1 : 0));
    const weight = builder.tensor(
      getType(x),
      [channels, 1, ...kernel],
      Array.from({ length: channels }, () => spots).flat(),
    );
    return addToPlaces(context, { won, weight, window, channels });
  });
  return parts.reduce((total, part) => builder.add('Add', [total, part]));
}

/** The input with a border that never wins. */
function padLow({ builder, getType, node }: GradientContext, x: string, window: Window): string {
  const pads = [0, 0, ...window.padsBefore, 0, 0, ...window.padsAfter];
  if (pads.every((size) => size === 0)) return x;
  const low = builder.scalar(-3.4e38, getType(node.inputs[0] ?? ''));
  return builder.add('Pad', [x, builder.ints(pads), low]);
}

function addToPlaces(
  { builder }: GradientContext,
  { won, weight, window, channels }: { won: string; weight: string; window: Window; channels: number },
): string {
  const { kernel, strides, dilations, padsBefore, padsAfter } = window;
  return builder.add('ConvTranspose', [won, weight], {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints([...padsBefore, ...padsAfter]),
    output_padding: ints(getRemainder(window)),
    group: int(channels),
  });
}
