import { getNumber, toAxis } from '../attributes.ts';
import { multiply, reduceSum } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';

function getAxis({ node, getDims }: GradientContext): number {
  return toAxis(getNumber(node, 'axis', -1), getDims(node.inputs[0] ?? '').length);
}

/** y * (dy - sum(dy * y)) */
const softmax: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const y = node.outputs[0] ?? '';
  const weighted = reduceSum(builder, multiply(builder, dy, y), [getAxis(context)]);
  return [multiply(builder, y, builder.add('Sub', [dy, weighted]))];
};

/** dy - e^y * sum(dy) */
const logSoftmax: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const probabilities = builder.add('Exp', [node.outputs[0] ?? '']);
  const total = reduceSum(builder, dy, [getAxis(context)]);
  return [builder.add('Sub', [dy, multiply(builder, probabilities, total)])];
};

export const SOFTMAX_RULES: RuleTable = { Softmax: softmax, LogSoftmax: logSoftmax };
