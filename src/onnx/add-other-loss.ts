import type { GraphBuilder } from './graph-builder.ts';
import type { LossResult } from './loss-rule.ts';

/** A loss that the model computes by itself. */
export interface OtherLoss {
  /** The output that is one, a single number. */
  readonly output: string;
  /** How much of the total it is, 0 to 1. The rest is the loss of the target. */
  readonly share: number;
}

/** What the gradients of a graph begin with. */
export interface TotalLoss {
  readonly loss: string;
  /** Gradients of outputs by their names. */
  readonly seeds: ReadonlyMap<string, string>;
}

/** The total of the target's loss of `output` and of a loss that the model has itself. */
export function addOtherLoss(
  builder: GraphBuilder,
  { output, loss, gradient }: LossResult & { output: string },
  other: OtherLoss,
): TotalLoss {
  const share = builder.scalar(other.share);
  const rest = builder.scalar(1 - other.share);
  const multiply = (a: string, b: string) => builder.add('Mul', [a, b]);
  return {
    loss: builder.add('Add', [multiply(loss, rest), multiply(other.output, share)]),
    seeds: new Map([
      [output, multiply(gradient, rest)],
      [other.output, share],
    ]),
  };
}
