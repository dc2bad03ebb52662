import { getNumber } from '../attributes.ts';
import { multiply, reduceMean } from '../emit.ts';
import type { GradientContext } from '../gradient-rule.ts';
import type { DataType } from '../model/data-types.ts';

/**
 * The gradient of a normalisation with respect to its input: of what hangs on each element, the part that mean and variance
 * would undo is taken away. All but `normal` (the normalised input) and `inverse` (1 / deviation) is the usual chain rule.
 */
export function centreGradient(
  { builder }: GradientContext,
  gradient: string,
  { normal, inverse, axes }: { normal: string; inverse: string; axes: readonly number[] },
): string {
  const level = reduceMean(builder, gradient, axes);
  const tilt = multiply(builder, normal, reduceMean(builder, multiply(builder, gradient, normal), axes));
  const left = builder.add('Sub', [builder.add('Sub', [gradient, level]), tilt]);
  return multiply(builder, left, inverse);
}

/** The value with mean 0 and deviation 1 along axes, and 1 / its deviation, computed anew. */
export function normalize(
  context: GradientContext,
  value: string,
  { axes, type }: { axes: readonly number[]; type: DataType },
): { normal: string; inverse: string } {
  const { builder } = context;
  const centred = builder.add('Sub', [value, reduceMean(builder, value, axes)]);
  const inverse = invertRoot(context, reduceMean(builder, multiply(builder, centred, centred), axes), type);
  return { normal: multiply(builder, centred, inverse), inverse };
}

/** 1 / sqrt(value + epsilon) */
export function invertRoot({ builder, node }: GradientContext, value: string, type: DataType): string {
  const epsilon = builder.scalar(getNumber(node, 'epsilon', 1e-5), type);
  return builder.add('Reciprocal', [builder.add('Sqrt', [builder.add('Add', [value, epsilon])])]);
}
