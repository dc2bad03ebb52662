import { listAxes, reduceSum } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { computeConvInputGradient } from './conv-input.ts';
import { addConv, readConvShape } from './conv-parts.ts';
import { differentiatePixels } from './conv-pixels.ts';
import { chooseConvStrategy, chooseWeightWay } from './conv-strategy.ts';
import { computeConvWeightGradient } from './conv-weight.ts';

const conv: GradientRule = (context) => {
  const { node, needs } = context;
  const [gradient = ''] = context.outputGradients;
  const [input = '', weight = ''] = node.inputs;
  const shape = readConvShape(context, { from: input, to: node.outputs[0] ?? '' });
  const { forward, toInput, toWeight } = chooseConvStrategy(shape, context);
  const problem = { ...shape, input, weight, gradient };
  const bias = needs(2) ? sumBias(context, gradient) : undefined;
  if (forward === 'pixels') {
    const gradients = differentiatePixels(context, problem, { input: needs(0), weight: needs(1) });
    return [gradients.input, gradients.weight, bias];
  }
  return [
    needs(0) ? computeConvInputGradient(context, problem, toInput) : undefined,
    needs(1) ? computeConvWeightGradient(context, problem, toWeight) : undefined,
    bias,
  ];
};

/** A convolution backwards: its weights are [inputs, outputs / groups, ...], and its gradient is a convolution. */
const convTranspose: GradientRule = (context) => {
  const { builder, node, needs } = context;
  const [gradient = ''] = context.outputGradients;
  const [input = '', weight = ''] = node.inputs;
  const shape = readConvShape(context, { from: node.outputs[0] ?? '', to: input });
  const problem = { ...shape, input: gradient, gradient: input };
  return [
    needs(0) ? addConv(builder, { ...shape, input: gradient, weight }) : undefined,
    needs(1) ? computeConvWeightGradient(context, problem, chooseWeightWay(shape)) : undefined,
    needs(2) ? sumBias(context, gradient) : undefined,
  ];
};

/** Over everything but channels. */
function sumBias({ builder, node, getDims }: GradientContext, dy: string): string {
  const axes = listAxes(getDims(node.outputs[0] ?? '').length).filter((axis) => axis !== 1);
  return reduceSum(builder, dy, axes, false);
}

export const CONV_RULES: RuleTable = { Conv: conv, ConvTranspose: convTranspose };
