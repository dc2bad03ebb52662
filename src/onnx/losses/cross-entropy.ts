import { reduceSum } from '../emit.ts';
import type { LossRule } from '../loss-rule.ts';
import { addSoftmax, CLASS_AXIS, countRows, sumAll, weighTarget } from './parts.ts';

/**
 * Cross-entropy with soft targets: the mean over rows of -sum(weight * target * log softmax(output)), as torch has it for
 * targets that are probabilities.
 */
export const addCrossEntropy: LossRule<object> = (context) => {
  const { builder, op } = context;
  const { logs, probabilities } = addSoftmax(context);
  const target = weighTarget(context);
  const rows = countRows(context);
  const loss = op('Neg', op('Div', sumAll(context, op('Mul', target, logs)), rows));
  const mass = reduceSum(builder, target, [CLASS_AXIS]);
  const gradient = op('Div', op('Sub', op('Mul', probabilities, mass), target), rows);
  return { loss, gradient };
};
