import { getNumber } from '../attributes.ts';
import { listAxes, multiply, reduceMean, reshape } from '../emit.ts';
import type { Lowering, LoweringContext } from '../gradient-rule.ts';

/**
 * Batch normalisation that trains, in elementary operators: WebGPU refuses the operator itself, and the gradient wants the
 * normalised batch. Running statistics follow torch: the variance that is kept is the unbiased one.
 */
export const lowerBatchNormalization: Lowering = (context) => {
  const { builder, node, getType } = context;
  if (getNumber(node, 'training_mode', 0) === 0) {
    builder.append(node);
    return {};
  }
  const [x = '', scale = '', bias = '', runningMean = '', runningVariance = ''] = node.inputs;
  const rank = context.getDims(x).length;
  const axes = listAxes(rank).filter((axis) => axis !== 1);
  const channels = (vector: string) => reshape(builder, vector, [1, -1, ...new Array<number>(rank - 2).fill(1)]);
  const mean = reduceMean(builder, x, axes);
  const centred = builder.add('Sub', [x, mean]);
  const variance = reduceMean(builder, multiply(builder, centred, centred), axes);
  const epsilon = builder.scalar(getNumber(node, 'epsilon', 1e-5), getType(x));
  const inverse = builder.add('Reciprocal', [builder.add('Sqrt', [builder.add('Add', [variance, epsilon])])]);
  const normal = multiply(builder, centred, inverse);
  const result = [multiply(builder, normal, channels(scale)), channels(bias)];
  builder.append({ op: 'Add', domain: '', name: '', inputs: result, outputs: [node.outputs[0] ?? ''], attributes: {} });
  keep(context, { name: runningMean, value: reshape(builder, mean, [-1]) });
  keep(context, { name: runningVariance, value: reshape(builder, unbias(context, variance), [-1]) });
  return { normal, inverse };
};

/** Times n / (n - 1), where n is the number of values of each channel. */
function unbias({ builder, node }: LoweringContext, variance: string): string {
  const size = (name: string) => builder.add('CastLike', [builder.add('Size', [name]), variance]);
  const count = builder.add('Div', [size(node.inputs[0] ?? ''), size(node.inputs[1] ?? '')]);
  const less = builder.add('Sub', [count, builder.add('CastLike', [builder.scalar(1), variance])]);
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
