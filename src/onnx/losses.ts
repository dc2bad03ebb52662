/** Losses by name. A new one is a file in `losses/` and two lines here. */
import { OptionError } from '../utils/errors.ts';
import type { Dims } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { LossContext, LossResult } from './loss-rule.ts';
import { addBinaryCrossEntropy } from './losses/binary-cross-entropy.ts';
import { addCrossEntropy } from './losses/cross-entropy.ts';
import { addDice, type DiceOptions } from './losses/dice.ts';
import { addFocal, type FocalOptions } from './losses/focal.ts';
import { addMeanSquaredError } from './losses/mean-squared-error.ts';
import { CLASS_AXIS } from './losses/parts.ts';
import type { DataType } from './model/data-types.ts';

interface Weighted {
  /** Factor of each class, by its index. Default 1 each. */
  classWeights?: readonly number[];
}

/** Which loss, and its options. Targets have the shape of the output: probabilities, 0 and 1, or values. */
export type LossOptions =
  | ({ kind: 'cross-entropy' } & Weighted)
  | ({ kind: 'binary-cross-entropy' } & Weighted)
  | ({ kind: 'focal' } & FocalOptions & Weighted)
  | ({ kind: 'dice' } & DiceOptions & Weighted)
  | ({ kind: 'mean-squared-error' } & Weighted);

export const LOSS_KINDS = ['cross-entropy', 'binary-cross-entropy', 'focal', 'dice', 'mean-squared-error'] as const;

/**
 * Adds a loss of the model's output.
 * @throws OptionError where the weights are not one a class, or the loss needs classes and the output has none
 */
export function addLoss(
  builder: GraphBuilder,
  value: { output: string; target: string; dims: Dims; type: DataType },
  options: LossOptions,
): LossResult {
  const { dims, type } = value;
  const { kind, classWeights } = options;
  const classes = dims[CLASS_AXIS];
  if ((kind === 'cross-entropy' || kind === 'focal' || kind === 'dice') && (classes === undefined || classes < 1))
    throw new OptionError('loss', 'one for an output with a known number of classes as its second axis', kind);
  if (classWeights && (classWeights.length !== classes || classWeights.some((weight) => !(weight >= 0))))
    throw new OptionError('classWeights', `${classes ?? 'no'} numbers of at least 0`, classWeights);
  const shape = dims.map((_, axis) => (axis === CLASS_AXIS ? (classes ?? 1) : 1));
  const context: LossContext = {
    ...value,
    builder,
    classWeights: classWeights && builder.tensor(type, shape, classWeights),
    number: (number) => builder.scalar(number, type),
    op: (name, ...inputs) => builder.add(name, inputs),
  };
  switch (options.kind) {
    case 'cross-entropy':
      return addCrossEntropy(context, options);
    case 'binary-cross-entropy':
      return addBinaryCrossEntropy(context, options);
    case 'focal':
      return addFocal(context, options);
    case 'dice':
      return addDice(context, options);
    case 'mean-squared-error':
      return addMeanSquaredError(context, options);
  }
}
