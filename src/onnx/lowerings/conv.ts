import { reshape } from '../emit.ts';
import type { Lowering, LoweringContext } from '../gradient-rule.ts';
import { type ConvShape, readConvShape } from '../gradients/conv-parts.ts';
import { convolvePixels } from '../gradients/conv-pixels.ts';
import { chooseConvStrategy } from '../gradients/conv-strategy.ts';
import { DYNAMIC } from '../graph.ts';

/** Writes convolutions of small maps as matrix products, which their gradients are as well. */
export const lowerConv: Lowering = (context) => {
  const { builder, node, device } = context;
  const shape = readFixedShape(context);
  if (shape === undefined || chooseConvStrategy(shape, device).forward === 'conv') {
    builder.append(node);
    return {};
  }
  const [input = '', weight = '', bias = ''] = node.inputs;
  const map = convolvePixels(context, { ...shape, input, weight });
  const ones = shape.window.output.map(() => 1);
  const [op, inputs] =
    bias === '' ? ['Identity', [map]] : ['Add', [map, reshape(builder, bias, [1, shape.outputs, ...ones])]];
  builder.append({ op, domain: '', name: node.name, inputs, outputs: [node.outputs[0] ?? ''], attributes: {} });
  return {};
};

/** `undefined` where sizes vary. */
function readFixedShape(context: LoweringContext): ConvShape | undefined {
  const { node, getDims } = context;
  const [from = '', weight = ''] = node.inputs;
  const to = node.outputs[0] ?? '';
  const sizes = [...getDims(from).slice(2), ...getDims(to).slice(2), ...getDims(weight)];
  return sizes.includes(DYNAMIC) ? undefined : readConvShape(context, { from, to });
}
