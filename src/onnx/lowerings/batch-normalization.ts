import { float, getNumber } from '../attributes.ts';
import { listAxes, multiply, reduceMean, reduceSumSquare, reshape } from '../emit.ts';
import type { Lowering, LoweringContext } from '../gradient-rule.ts';

/**
 * Batch normalisation that trains, as the same operator with fixed statistics, which are those of the batch: WebGPU refuses it
 * in training, and the gradient wants the centred batch. Running statistics follow torch: the variance that is kept is the
 * unbiased one.
 */
export const lowerBatchNormalization: Lowering = (context) => {
  const { builder, node, getType } = context;
  if (getNumber(node, 'training_mode', 0) === 0) {
    builder.append(node);
    return {};
  }
  const [x = '', scale = '', bias = '', runningMean = '', runningVariance = ''] = node.inputs;
  const axes = listAxes(context.getDims(x).length).filter((axis) => axis !== 1);
  const mean = reduceMean(builder, x, axes);
  const centred = builder.add('Sub', [x, mean]);
  const count = countValues(context);
  const variance = builder.add('Div', [reduceSumSquare(builder, centred, axes, false), count]);
  // With fixed statistics the operator is one pass, where a product and a sum would be two.
  const [channels = 1] = context.getDims(scale);
  const zeros = builder.tensor(getType(x), [channels], new Array<number>(channels).fill(0));
  const epsilon = getNumber(node, 'epsilon', 1e-5);
  builder.append({
    ...{ op: 'BatchNormalization', domain: '', name: '', attributes: { epsilon: float(epsilon) } },
    inputs: [centred, scale, bias, zeros, variance],
    outputs: [node.outputs[0] ?? ''],
  });
  const shifted = builder.add('Add', [variance, builder.scalar(epsilon, getType(x))]);
  const inverse = builder.add('Reciprocal', [builder.add('Sqrt', [shifted])]);
  keep(context, { name: runningMean, value: reshape(builder, mean, [-1]) });
  keep(context, { name: runningVariance, value: unbias(context, { variance, count }) });
  return { centred, inverse, count };
};

/** How many values each channel has. */
function countValues({ builder, node, getType }: LoweringContext): string {
  const [x = '', scale = ''] = node.inputs;
  const one = builder.scalar(1, getType(x));
  const size = (name: string) => builder.add('CastLike', [builder.add('Size', [name]), one]);
  return builder.add('Div', [size(x), size(scale)]);
}

/** Times n / (n - 1), where n is the number of values of each channel. */
function unbias(
  { builder, node, getType }: LoweringContext,
  { variance, count }: { variance: string; count: string },
): string {
  const less = builder.add('Sub', [count, builder.scalar(1, getType(node.inputs[0] ?? ''))]);
  return multiply(builder, variance, builder.add('Div', [count, less]));
}

/** running * momentum + batch * (1 - momentum); ONNX's momentum is 1 - torch's. */
function keep(context: LoweringContext, { name, value }: { name: string; value: string }): void {
  const { builder, node, getType } = context;
  const momentum = getNumber(node, 'momentum', 0.9);
  const type = getType(name);
  const old = multiply(builder, name, builder.scalar(momentum, type));
  const fresh = multiply(builder, value, builder.scalar(1 - momentum, type));
  context.addStatistic(name, builder.add('Add', [old, fresh]));
}
