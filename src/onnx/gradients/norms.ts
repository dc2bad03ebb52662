import { float, getNumber } from '../attributes.ts';
import { createUnsupported, listAxes, multiply, reduceSum, reshape, reshapeLike } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
import { centreGradient, invertRoot, normalize } from './norm-parts.ts';

/** Axes of a value but its channels, the second one. */
function listAllButChannels(context: GradientContext): number[] {
  return listAxes(context.getDims(context.node.inputs[0] ?? '').length).filter((axis) => axis !== 1);
}

/** A vector of channels in a shape that broadcasts against the value. */
function alongChannels(context: GradientContext, vector: string): string {
  const rank = context.getDims(context.node.inputs[0] ?? '').length;
  return reshape(context.builder, vector, [1, -1, ...new Array<number>(rank - 2).fill(1)]);
}

/** Over the batch where the lowering kept the batch's statistics, with fixed statistics otherwise. */
const batchNormalization: GradientRule = (context) =>
  context.saved['mean'] === undefined ? useFixedStatistics(context) : useBatchStatistics(context);

/**
 * With the centred batch c, its inverse deviation i, n values a channel and the scale s, the gradient is
 * s * i * (dy - mean(dy) - c * i^2 * mean(dy * c)).
 */
function useBatchStatistics(context: GradientContext): readonly (string | undefined)[] {
  const { builder, node, needs, saved, getDims, getType } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = ''] = node.inputs;
  const { mean = '', inverse = '', count = '' } = saved;
  const [channels = 1] = getDims(scale);
  const repeat = (value: number) => builder.tensor(getType(x), [channels], new Array<number>(channels).fill(value));
  const centred = byChannel(x, { factor: repeat(1), level: repeat(0), mean });
  const total = sumByChannel(context, dy);
  const tilt = multiply(builder, sumByChannel(context, multiply(builder, dy, centred)), inverse);
  return [needs(0) ? toInput() : undefined, needs(1) ? tilt : undefined, needs(2) ? total : undefined];

  function toInput(): string {
    const share = builder.add('Neg', [builder.add('Div', [inverse, count])]);
    const level = builder.add('Neg', [builder.add('Div', [total, count])]);
    const undone = byChannel(centred, { factor: multiply(builder, share, tilt), level, mean: repeat(0) });
    const left = builder.add('Add', [dy, undone]);
    return byChannel(left, { factor: multiply(builder, scale, inverse), level: repeat(0), mean: repeat(0) });
  }

  /** (value - mean) * factor + level: the operator does it in one pass, where a product and a sum would be two. */
  function byChannel(value: string, { factor, level, mean }: { factor: string; level: string; mean: string }): string {
    return builder.add('BatchNormalization', [value, factor, level, mean, repeat(1)], { epsilon: float(0) });
  }
}

/** The pixels of each picture first, which lie together: twice as fast as all at once. */
function sumByChannel(context: GradientContext, value: string): string {
  const { builder, node, getDims } = context;
  const pixels = listAxes(getDims(node.inputs[0] ?? '').length).slice(2);
  return reduceSum(builder, reduceSum(builder, value, pixels, false), [0], false);
}

function useFixedStatistics(context: GradientContext): readonly (string | undefined)[] {
  const { builder, node, needs, getType } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = '', , mean = '', variance = ''] = node.inputs;
  const axes = listAllButChannels(context);
  const inverse = alongChannels(context, invertRoot(context, variance, getType(variance)));
  const normal = () => multiply(builder, builder.add('Sub', [x, alongChannels(context, mean)]), inverse);
  const factor = () => multiply(builder, alongChannels(context, scale), inverse);
  return [
    needs(0) ? multiply(builder, dy, factor()) : undefined,
    needs(1) ? reduceSum(builder, multiply(builder, dy, normal()), axes, false) : undefined,
    needs(2) ? reduceSum(builder, dy, axes, false) : undefined,
  ];
}

/** Each sample and channel by itself, over its pixels. */
const instanceNormalization: GradientRule = (context) => {
  const { builder, node, needs, getDims } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = ''] = node.inputs;
  const axes = listAxes(getDims(x).length).slice(2);
  const { normal, inverse } = normalize(context, x, { axes, type: context.getType(x) });
  const toInput = () =>
    centreGradient(context, multiply(builder, dy, alongChannels(context, scale)), { normal, inverse, axes });
  const others = listAllButChannels(context);
  return [
    needs(0) ? toInput() : undefined,
    needs(1) ? reduceSum(builder, multiply(builder, dy, normal), others, false) : undefined,
    needs(2) ? reduceSum(builder, dy, others, false) : undefined,
  ];
};

/** Groups of channels, each sample by itself, over their pixels. Before opset 21 scale and bias are one for each group. */
const groupNormalization: GradientRule = (context) => {
  const { builder, node, needs, getDims } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = '', bias = ''] = node.inputs;
  const dims = getDims(x);
  const [, channels = DYNAMIC] = dims;
  const groups = getNumber(node, 'num_groups', 1);
  if (channels === DYNAMIC || dims.slice(2).includes(DYNAMIC))
    throw createUnsupported(context, 'over pictures whose size varies');
  const grouped = (value: string) => reshape(builder, value, [-1, groups, channels / groups, ...dims.slice(2)]);
  const axes = listAxes(dims.length + 1).slice(2);
  const each = getDims(scale)[0] === channels;
  const factor = reshape(builder, scale, each ? [groups, -1, ...ones()] : [groups, 1, ...ones()]);
  const { normal, inverse } = normalize(context, grouped(x), { axes, type: context.getType(x) });
  const gradient = grouped(dy);
  const sum = (value: string) => {
    const others = listAxes(dims.length + 1).filter((axis) => axis !== 1 && !(each && axis === 2));
    return reshape(builder, reduceSum(builder, value, others, false), [-1]);
  };
  return [
    needs(0)
      ? reshapeLike(context, centreGradient(context, multiply(builder, gradient, factor), { normal, inverse, axes }), x)
      : undefined,
    needs(1) ? sum(multiply(builder, gradient, normal)) : undefined,
    needs(2) && bias !== '' ? sum(gradient) : undefined,
  ];

  function ones(): number[] {
    return new Array<number>(dims.length - 2).fill(1);
  }
};

export const NORM_RULES: RuleTable = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
};
