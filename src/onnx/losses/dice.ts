import { listAxes, reduceSum } from '../emit.ts';
import type { LossContext, LossRule } from '../loss-rule.ts';
import { addSoftmax, CLASS_AXIS, sumAll } from './parts.ts';

export interface DiceOptions {
  /** How outputs become probabilities. Default softmax over classes. */
  activation?: 'softmax' | 'sigmoid';
  /** Added above and below, so that an absent class is no division by 0. Default 1. */
  smooth?: number;
}

/**
 * Soft Dice (Milletari et al. 2016): 1 - the weighted mean over classes of (2 * sum(p * target) + smooth) /
 * (sum(p) + sum(target) + smooth), the sums over batch and pixels together.
 */
export const addDice: LossRule<DiceOptions> = (context, { activation = 'softmax', smooth = 1 }) => {
  const { builder, op, number, output, target, dims } = context;
  const axes = listAxes(dims.length).filter((axis) => axis !== CLASS_AXIS);
  const sum = (value: string) => reduceSum(builder, value, axes);
  const p = activation === 'sigmoid' ? op('Sigmoid', output) : addSoftmax(context).probabilities;
  const above = op('Add', op('Mul', number(2), sum(op('Mul', p, target))), number(smooth));
  const below = op('Add', op('Add', sum(p), sum(target)), number(smooth));
  const shares = addShares(context, below);
  const loss = op('Sub', number(1), sumAll(context, op('Mul', shares, op('Div', above, below))));
  // d(above / below) / dp = (2 * target - above / below) / below
  const slope = op('Div', op('Sub', op('Div', above, below), op('Mul', number(2), target)), below);
  const byP = op('Mul', slope, shares);
  const through = op('Mul', p, byP);
  const gradient =
    activation === 'sigmoid'
      ? op('Mul', through, op('Sub', number(1), p))
      : op('Sub', through, op('Mul', p, reduceSum(builder, through, [CLASS_AXIS])));
  return { loss, gradient };
};

/** What each class counts; together 1. */
function addShares({ builder, op, number, dims, classWeights }: LossContext, like: string): string {
  const even = number(1 / (dims[CLASS_AXIS] ?? 1));
  if (classWeights === undefined) return op('Expand', even, builder.add('Shape', [like]));
  const total = reduceSum(builder, classWeights, listAxes(dims.length));
  return op('Div', classWeights, total);
}
