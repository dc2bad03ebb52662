import { reshape } from '../emit.ts';
import type { Lowering, LoweringContext } from '../gradient-rule.ts';
import { addBlockedConv } from '../gradients/conv-blocked.ts';
import { type ConvShape, readConvShape } from '../gradients/conv-parts.ts';
import { convolvePixels } from '../gradients/conv-pixels.ts';
import { chooseConvStrategy } from '../gradients/conv-strategy.ts';
import { DYNAMIC } from '../graph.ts';

/** Writes a convolution in the way that is the fastest for its shape. */
export const lowerConv: Lowering = (context) => {
  const { builder, node, channelBlock } = context;
  const shape = readFixedShape(context);
  const way = shape && chooseConvStrategy(shape, context).forward;
  if (shape && way === 'pixels') multiply(context, shape);
  else if (shape && way === 'blocked' && channelBlock !== undefined) convolveBlocks(context, shape, channelBlock);
  else builder.append(node);
  builder.nameLast(node.outputs[0] ?? '');
  return {};
};

/** `undefined` where sizes vary, or in double precision, which the operator doesn't know. */
function readFixedShape(context: LoweringContext): ConvShape | undefined {
  const { node, getDims, getType } = context;
  const [from = '', weight = ''] = node.inputs;
  const to = node.outputs[0] ?? '';
  const sizes = [...getDims(from).slice(2), ...getDims(to).slice(2), ...getDims(weight)];
  return sizes.includes(DYNAMIC) || getType(from) !== 'float32' ? undefined : readConvShape(context, { from, to });
}

function multiply(context: LoweringContext, shape: ConvShape): void {
  const { builder, node } = context;
  const [input = '', weight = '', bias = ''] = node.inputs;
  const map = convolvePixels(context, { ...shape, input, weight });
  const ones = shape.window.output.map(() => 1);
  if (bias !== '') builder.add('Add', [map, reshape(builder, bias, [1, shape.outputs, ...ones])]);
}

function convolveBlocks({ builder, node }: LoweringContext, shape: ConvShape, block: number): void {
  const [input = '', weight = '', bias] = node.inputs;
  const { window, outputs, groupInputs } = shape;
  const { kernel, dilations, padsBefore, padsAfter } = window;
  const conv = { input, weight, bias: bias || undefined, outputs, inputs: groupInputs };
  addBlockedConv(builder, { ...conv, kernel, dilations, pads: [...padsBefore, ...padsAfter] }, block);
}
