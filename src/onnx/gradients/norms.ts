import { getNumber, toAxis } from '../attributes.ts';
import { listAxes, multiply, reduceMean, reduceSum, reshape, unbroadcast } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';

/** Axes of a value but its channels, the second one. */
function listAllButChannels(context: GradientContext): number[] {
  return listAxes(context.getDims(context.node.inputs[0] ?? '').length).filter((axis) => axis !== 1);
}

/** A vector of channels in a shape that broadcasts against the value. */
function alongChannels(context: GradientContext, vector: string): string {
  const rank = context.getDims(context.node.inputs[0] ?? '').length;
  return reshape(context.builder, vector, [1, -1, ...new Array<number>(rank - 2).fill(1)]);
}

/**
 * The gradient of a normalisation with respect to its input: of what hangs on each element, the part that mean and variance
 * would undo is taken away. All but `normal` (the normalised input) and `inverse` (1 / deviation) is the usual chain rule.
 */
function centreGradient(
  { builder }: GradientContext,
  gradient: string,
  { normal, inverse, axes }: { normal: string; inverse: string; axes: readonly number[] },
): string {
  const level = reduceMean(builder, gradient, axes);
  const tilt = multiply(builder, normal, reduceMean(builder, multiply(builder, gradient, normal), axes));
  const left = builder.add('Sub', [builder.add('Sub', [gradient, level]), tilt]);
  return multiply(builder, left, inverse);
}

/** Over the batch where the lowering kept the batch's statistics, with fixed statistics otherwise. */
const batchNormalization: GradientRule = (context) => {
  const { builder, node, needs, saved, getType } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = '', , mean = '', variance = ''] = node.inputs;
  const axes = listAllButChannels(context);
  const batch = saved['normal'] !== undefined;
  const inverse = saved['inverse'] ?? invertFixed();
  const normal = saved['normal'] ?? multiply(builder, builder.add('Sub', [x, alongChannels(context, mean)]), inverse);
  const scaled = () => multiply(builder, dy, alongChannels(context, scale));
  const toInput = () =>
    batch ? centreGradient(context, scaled(), { normal, inverse, axes }) : multiply(builder, scaled(), inverse);
  return [
    needs(0) ? toInput() : undefined,
    needs(1) ? reduceSum(builder, multiply(builder, dy, normal), axes, false) : undefined,
    needs(2) ? reduceSum(builder, dy, axes, false) : undefined,
  ];

  function invertFixed(): string {
    const epsilon = builder.scalar(getNumber(node, 'epsilon', 1e-5), getType(variance));
    const deviation = builder.add('Sqrt', [builder.add('Add', [variance, epsilon])]);
    return alongChannels(context, builder.add('Reciprocal', [deviation]));
  }
};

/** Each sample and channel by itself, over its pixels. */
const instanceNormalization: GradientRule = (context) => {
  const { builder, node, needs, getDims, getType } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = ''] = node.inputs;
  const axes = listAxes(getDims(x).length).slice(2);
  const centred = builder.add('Sub', [x, reduceMean(builder, x, axes)]);
  const variance = reduceMean(builder, multiply(builder, centred, centred), axes);
  const epsilon = builder.scalar(getNumber(node, 'epsilon', 1e-5), getType(x));
  const inverse = builder.add('Reciprocal', [builder.add('Sqrt', [builder.add('Add', [variance, epsilon])])]);
  const normal = multiply(builder, centred, inverse);
  const toInput = () =>
    centreGradient(context, multiply(builder, dy, alongChannels(context, scale)), { normal, inverse, axes });
  const others = listAllButChannels(context);
  return [
    needs(0) ? toInput() : undefined,
    needs(1) ? reduceSum(builder, multiply(builder, dy, normal), others, false) : undefined,
    needs(2) ? reduceSum(builder, dy, others, false) : undefined,
  ];
};

/** Over the last axes; the operator itself gives mean and inverse deviation. */
const layerNormalization: GradientRule = (context) => {
  const { builder, node, needs, saved, getDims } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = '', bias = ''] = node.inputs;
  const dims = getDims(x);
  const axes = listAxes(dims.length).slice(toAxis(getNumber(node, 'axis', -1), dims.length));
  const inverse = saved['inverse'] ?? '';
  const normal = multiply(builder, builder.add('Sub', [x, saved['mean'] ?? '']), inverse);
  const toInput = () => centreGradient(context, multiply(builder, dy, scale), { normal, inverse, axes });
  return [
    needs(0) ? toInput() : undefined,
    needs(1) ? unbroadcast(context, multiply(builder, dy, normal), { from: dims, to: scale }) : undefined,
    needs(2) ? unbroadcast(context, dy, { from: dims, to: bias }) : undefined,
  ];
};

export const NORM_RULES: RuleTable = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
};
