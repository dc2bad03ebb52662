import type { LossRule } from '../loss-rule.ts';
import { countElements, sumAll } from './parts.ts';

/**
 * Cross-entropy of each output by itself with a sigmoid: the mean over elements of
 * weight * (max(x, 0) - x * target + log(1 + e^-|x|)), which never overflows.
 */
export const addBinaryCrossEntropy: LossRule<object> = (context) => {
  const { op, output, target, classWeights, number } = context;
  const weigh = (value: string) => (classWeights === undefined ? value : op('Mul', value, classWeights));
  const tail = op('Log', op('Add', number(1), op('Exp', op('Neg', op('Abs', output)))));
  const each = op('Add', op('Sub', op('Relu', output), op('Mul', output, target)), tail);
  const count = countElements(context);
  const loss = op('Div', sumAll(context, weigh(each)), count);
  const gradient = op('Div', weigh(op('Sub', op('Sigmoid', output), target)), count);
  return { loss, gradient };
};
