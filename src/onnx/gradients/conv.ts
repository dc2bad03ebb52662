import { listAxes, reduceSum } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { computeConvInputGradient } from './conv-input.ts';
import { addConv, readConvShape } from './conv-parts.ts';
import { chooseConvStrategy } from './conv-strategy.ts';
import { computeConvWeightGradient } from './conv-weight.ts';

const conv: GradientRule = (context) => {
  const { node, needs, device } = context;
  const [gradient = ''] = context.outputGradients;
  const [input = '', weight = ''] = node.inputs;
  const shape = readConvShape(context, { from: input, to: node.outputs[0] ?? '' });
  const { toInput, toWeight } = chooseConvStrategy(shape, device);
  const problem = { ...shape, input, weight, gradient };
  return [
    needs(0) ? computeConvInputGradient(context, problem, toInput) : undefined,
    needs(1) ? computeConvWeightGradient(context, problem, toWeight) : undefined,
    needs(2) ? sumBias(context, gradient) : undefined,
  ];
};

/** A convolution backwards: its weights are [inputs, outputs / groups, ...], and its gradient is a convolution. */
const convTranspose: GradientRule = (context) => {
  const { builder, node, needs, device } = context;
  const [gradient = ''] = context.outputGradients;
  const [input = '', weight = ''] = node.inputs;
  const shape = readConvShape(context, { from: node.outputs[0] ?? '', to: input });
  const { toWeight } = chooseConvStrategy(shape, device);
  return [
    needs(0) ? addConv(builder, { ...shape, input: gradient, weight }) : undefined,
    needs(1) ? computeConvWeightGradient(context, { ...shape, input: gradient, gradient: input }, toWeight) : undefined,
    needs(2) ? sumBias(context, gradient) : undefined,
  ];
};

/** Over everything but channels. */
function sumBias({ builder, node, getDims }: GradientContext, dy: string): string {
  const axes = listAxes(getDims(node.outputs[0] ?? '').length).filter((axis) => axis !== 1);
  return reduceSum(builder, dy, axes, false);
}

export const CONV_RULES: RuleTable = { Conv: conv, ConvTranspose: convTranspose };
