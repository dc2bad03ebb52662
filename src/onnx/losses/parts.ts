import { listAxes, reduceMax, reduceSum, sizeOf } from '../emit.ts';
import { DYNAMIC } from '../graph.ts';
import type { LossContext } from '../loss-rule.ts';

/** Axis of the classes. */
export const CLASS_AXIS = 1;

/** Log-probabilities and probabilities of each class, from elementary operators: LogSoftmax is slow on WebGPU. */
export function addSoftmax({ builder, output, op }: LossContext): { logs: string; probabilities: string } {
  const shifted = op('Sub', output, reduceMax(builder, output, [CLASS_AXIS]));
  const powers = op('Exp', shifted);
  const total = reduceSum(builder, powers, [CLASS_AXIS]);
  return { logs: op('Sub', shifted, op('Log', total)), probabilities: op('Div', powers, total) };
}

/** All elements of a value added up, one number. */
export function sumAll({ builder, dims }: LossContext, value: string): string {
  return reduceSum(builder, value, listAxes(dims.length), false);
}

/** How many elements the output has, divided by `each`, as a number. */
export function countElements({ builder, output, dims, type, number, op }: LossContext, each = 1): string {
  if (!dims.includes(DYNAMIC)) return number(dims.reduce((a, b) => a * b, 1) / each);
  const size = sizeOf(builder, output, type);
  return each === 1 ? size : op('Div', size, number(each));
}

/** Elements that hold one decision between classes: all axes but that of the classes. */
export function countRows(context: LossContext): string {
  return countElements(context, context.dims[CLASS_AXIS] ?? 1);
}

/** The target times the weights of its classes. */
export function weighTarget({ op, target, classWeights }: LossContext): string {
  return classWeights === undefined ? target : op('Mul', target, classWeights);
}
