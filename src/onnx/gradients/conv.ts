import { getNumber } from '../attributes.ts';
import { listAxes, reduceSum } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { readWindow } from '../window.ts';
import { computeConvInputGradient } from './conv-input.ts';
import { addConv } from './conv-parts.ts';
import { computeConvWeightGradient } from './conv-weight.ts';

const conv: GradientRule = (context) => {
  const { node, getDims, needs } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', w = ''] = node.inputs;
  const dims = getDims(w);
  const window = readWindow(context, { from: x, to: node.outputs[0] ?? '', kernel: dims.slice(2) });
  const shape = { window, groups: getNumber(node, 'group', 1), outputs: dims[0] ?? 1, groupInputs: dims[1] ?? 1 };
  return [
    needs(0) ? computeConvInputGradient(context, { ...shape, weight: w, gradient: dy }) : undefined,
    needs(1) ? computeConvWeightGradient(context, { ...shape, input: x, gradient: dy }) : undefined,
    needs(2) ? sumBias(context, dy) : undefined,
  ];
};

/** A convolution backwards: its weights are [inputs, outputs / groups, ...], and its gradient is a convolution. */
const convTranspose: GradientRule = (context) => {
  const { node, getDims, needs } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', w = ''] = node.inputs;
  const dims = getDims(w);
  const window = readWindow(context, { from: node.outputs[0] ?? '', to: x, kernel: dims.slice(2) });
  const shape = { window, groups: getNumber(node, 'group', 1), outputs: dims[0] ?? 1, groupInputs: dims[1] ?? 1 };
  return [
    needs(0) ? addConv(context.builder, { ...shape, input: dy, weight: w }) : undefined,
    needs(1) ? computeConvWeightGradient(context, { ...shape, input: dy, gradient: x }) : undefined,
    needs(2) ? sumBias(context, dy) : undefined,
  ];
};

/** Over everything but channels. */
function sumBias({ builder, node, getDims }: GradientContext, dy: string): string {
  const axes = listAxes(getDims(node.outputs[0] ?? '').length).filter((axis) => axis !== 1);
  return reduceSum(builder, dy, axes, false);
}

export const CONV_RULES: RuleTable = { Conv: conv, ConvTranspose: convTranspose };
