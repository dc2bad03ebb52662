/** What a rule for the gradient of an operator is given, and what it returns. Rules live in `gradients/`. */

import type { Dims, GraphNode, ValueFacts } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { DataType } from './model/data-types.ts';
import type { Tensor } from './model/tensor.ts';
import type { Device } from './session.ts';

/** What a rule may ask about the values of the forward graph. */
export interface NodeContext {
  /** Nodes are added here; forward values are read by their names. */
  readonly builder: GraphBuilder;
  readonly node: GraphNode;
  /** Where the graph will run: some operators differ by device. */
  readonly device: Device;
  /** Channels in a block of onnxruntime's own convolutions; `undefined` where they are not to be used. */
  readonly channelBlock: number | undefined;
  /** Sizes of a value of the forward graph, `DYNAMIC` where they vary. */
  getDims(name: string): Dims;
  getType(name: string): DataType;
  getFacts(name: string): ValueFacts | undefined;
  /** The value itself, where it is a constant. */
  getConstant(name: string): Tensor | undefined;
}

export interface GradientContext extends NodeContext {
  /** Gradient of each output; `undefined` where the loss does not depend on it. One of them is there. */
  readonly outputGradients: readonly (string | undefined)[];
  /** Whether the gradient of this input is wanted. */
  needs(input: number): boolean;
  /** Names of what the operator's lowering kept for its gradient. */
  readonly saved: Readonly<Record<string, string>>;
}

/**
 * Adds nodes that compute the gradients of a node's inputs, and returns their names by input; `undefined` for those that are
 * not needed. The gradient of a value has the value's shape and type.
 * @throws OperatorError for a form of the operator that the rule does not do
 */
export type GradientRule = (context: GradientContext) => readonly (string | undefined)[];

/** Rules by the name of their operator. */
export type RuleTable = Readonly<Record<string, GradientRule>>;

export interface LoweringContext extends NodeContext {
  /** Whether the node's gradient will be asked for. */
  readonly isTrained: boolean;
  /** Makes `value` the new value of the running statistic `name`. */
  addStatistic(name: string, value: string): void;
  /** The running statistic `name` as nodes before this one leave it: a layer that is used twice renews it twice. */
  getStatistic(name: string): string;
  /** A fed input with a factor for each element of a value: 0 with probability `ratio`, else 1 / (1 - ratio). */
  addDropoutMask(value: string, ratio: number): string;
}

/**
 * Writes an operator into the train graph in other words, where its gradient wants to keep something of it or the device can't
 * do it as it is. The node's outputs keep their names. Returns what `saved` will be.
 */
export type Lowering = (context: LoweringContext) => Readonly<Record<string, string>>;
