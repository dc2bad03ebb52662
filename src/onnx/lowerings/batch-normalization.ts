import { float, getNumber, int } from '../attributes.ts';
import { listAxes, multiply, reduceMean, reduceSumSquare, reshape, sizeOf } from '../emit.ts';
import type { Lowering, LoweringContext } from '../gradient-rule.ts';

/** Of each channel over the batch, as vectors. */
interface Statistics {
  readonly mean: string;
  readonly variance: string;
}

/**
 * Batch normalisation that trains, with the batch's statistics as values, which its gradient wants. Running statistics follow
 * torch: the variance that is kept is the unbiased one.
 */
export const lowerBatchNormalization: Lowering = (context) => {
  const { builder, node, device, getType } = context;
  if (getNumber(node, 'training_mode', 0) === 0) {
    builder.append(node);
    return {};
  }
  const { mean, variance } = device === 'cpu' ? normalizeAtOnce(context) : normalizeByParts(context);
  const count = countValues(context);
  const epsilon = builder.scalar(getNumber(node, 'epsilon', 1e-5), getType(node.inputs[0] ?? ''));
  const root = builder.add('Sqrt', [builder.add('Add', [variance, epsilon])]);
  const [, , , runningMean = '', runningVariance = ''] = node.inputs;
  keep(context, { name: runningMean, value: mean });
  keep(context, { name: runningVariance, value: unbias(context, { variance, count }) });
  return { mean, inverse: builder.add('Reciprocal', [root]), count };
};

/**
 * The operator as it is. Without momentum what it returns as running statistics is the batch's own. It writes them over those
 * it is given, constants among them, so that it is given values of their own: the running ones times 0.
 */
function normalizeAtOnce({ builder, node, getType }: LoweringContext): Statistics {
  const [x = '', scale = '', bias = '', ...running] = node.inputs;
  const zero = builder.scalar(0, getType(running[0] ?? ''));
  const nothing = running.map((name) => multiply(builder, name, zero));
  const [mean, variance] = [builder.createName(), builder.createName()];
  builder.append({
    ...{ op: 'BatchNormalization', domain: '', name: '' },
    attributes: { epsilon: float(getNumber(node, 'epsilon', 1e-5)), momentum: float(0), training_mode: int(1) },
    inputs: [x, scale, bias, ...nothing],
    outputs: [node.outputs[0] ?? '', mean, variance],
  });
  return { mean, variance };
}

/** The operator with fixed statistics, which are those of the batch: WebGPU refuses it in training. */
function normalizeByParts(context: LoweringContext): Statistics {
  const { builder, node } = context;
  const [x = '', scale = '', bias = ''] = node.inputs;
  const axes = listAxes(context.getDims(x).length).filter((axis) => axis !== 1);
  const level = reduceMean(builder, x, axes);
  const squares = reduceSumSquare(builder, builder.add('Sub', [x, level]), axes, false);
  const mean = reshape(builder, level, [-1]);
  const variance = builder.add('Div', [squares, countValues(context)]);
  builder.append({
    ...{ op: 'BatchNormalization', domain: '', name: '' },
    attributes: { epsilon: float(getNumber(node, 'epsilon', 1e-5)) },
    inputs: [x, scale, bias, mean, variance],
    outputs: [node.outputs[0] ?? ''],
  });
  return { mean, variance };
}

/** How many values each channel has. */
function countValues({ builder, node, getType }: LoweringContext): string {
  const [x = '', scale = ''] = node.inputs;
  const type = getType(x);
  return builder.add('Div', [sizeOf(builder, x, type), sizeOf(builder, scale, type)]);
}

/** Times n / (n - 1), where n is the number of values of each channel. A single value has a variance of 0, which stays. */
function unbias(
  { builder, node, getType }: LoweringContext,
  { variance, count }: { variance: string; count: string },
): string {
  const one = builder.scalar(1, getType(node.inputs[0] ?? ''));
  const less = builder.add('Max', [builder.add('Sub', [count, one]), one]);
  return multiply(builder, variance, builder.add('Div', [count, less]));
}

/** running * momentum + batch * (1 - momentum); ONNX's momentum is 1 - torch's. */
function keep(context: LoweringContext, { name, value }: { name: string; value: string }): void {
  const { builder, node, getType } = context;
  const momentum = getNumber(node, 'momentum', 0.9);
  const type = getType(name);
  const old = multiply(builder, context.getStatistic(name), builder.scalar(momentum, type));
  const fresh = multiply(builder, value, builder.scalar(1 - momentum, type));
  context.addStatistic(name, builder.add('Add', [old, fresh]));
}
