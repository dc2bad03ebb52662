import type { LossRule } from '../loss-rule.ts';
import { countElements, sumAll } from './parts.ts';

/** The mean over elements of weight * (output - target)^2. */
export const addMeanSquaredError: LossRule<object> = (context) => {
  const { op, output, target, classWeights, number } = context;
  const difference = op('Sub', output, target);
  const weighed = classWeights === undefined ? difference : op('Mul', difference, classWeights);
  const count = countElements(context);
  const loss = op('Div', sumAll(context, op('Mul', weighed, difference)), count);
  const gradient = op('Div', op('Mul', number(2), weighed), count);
  return { loss, gradient };
};
