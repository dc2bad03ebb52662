import { reduceSum } from '../emit.ts';
import type { LossRule } from '../loss-rule.ts';
import { addSoftmax, CLASS_AXIS, countRows, sumAll, weighTarget } from './parts.ts';

export interface FocalOptions {
  /** How much easy examples count less; 0 is cross-entropy. Default 2. */
  gamma?: number;
}

/**
 * Focal loss over softmax (Lin et al. 2017): the mean over rows of -sum(weight * target * (1 - p)^gamma * log p). With
 * s = target * weight * (1 - p)^gamma * (1 - gamma * p * log(p) / (1 - p)), the slope by log p is -s and by the output
 * p * sum(s) - s.
 */
export const addFocal: LossRule<FocalOptions> = (context, { gamma = 2 }) => {
  const { builder, op, number } = context;
  const { logs, probabilities } = addSoftmax(context);
  const target = weighTarget(context);
  const rows = countRows(context);
  // 1 - p is never exactly 0, so that its powers below 1 have a slope.
  const rest = op('Max', op('Sub', number(1), probabilities), number(1e-7));
  const focus = op('Mul', target, op('Pow', rest, number(gamma)));
  const loss = op('Neg', op('Div', sumAll(context, op('Mul', focus, logs)), rows));
  const pull = op('Div', op('Mul', number(gamma), op('Mul', probabilities, logs)), rest);
  const slope = op('Mul', focus, op('Sub', number(1), pull));
  const mass = reduceSum(builder, slope, [CLASS_AXIS]);
  const gradient = op('Div', op('Sub', op('Mul', probabilities, mass), slope), rows);
  return { loss, gradient };
};
