/** What a loss is given and returns. Each loss is a file in `losses/`. */
import type { Dims } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { DataType } from './model/data-types.ts';

export interface LossContext {
  readonly builder: GraphBuilder;
  /** The model's output, before any softmax or sigmoid. */
  readonly output: string;
  /** Fed, in the shape of the output. */
  readonly target: string;
  /** Of the output; classes are its second axis. */
  readonly dims: Dims;
  readonly type: DataType;
  /** A number of the output's type. */
  number(value: number): string;
  op(name: string, ...inputs: string[]): string;
  /** Factor of each class, in a shape that broadcasts against the output; `undefined` where all are 1. */
  readonly classWeights: string | undefined;
}

/** Names of the loss, one number, and of its gradient with respect to the output. */
export interface LossResult {
  readonly loss: string;
  readonly gradient: string;
}

export type LossRule<Options> = (context: LossContext, options: Options) => LossResult;
