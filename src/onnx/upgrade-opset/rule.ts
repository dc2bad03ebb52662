import type { GraphNode } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { Tensor } from '../model/tensor.ts';

/** What a rule may ask about the file, and where it puts what it writes. */
export interface UpgradeContext {
  readonly builder: GraphBuilder;
  readonly node: GraphNode;
  /** Version of the operators that the file is written in, 7 to 12. */
  readonly opset: number;
  /** A tensor of the file. */
  getConstant(name: string): Tensor | undefined;
  /** Dimensions of a value, as far as the file tells. */
  getRank(name: string): number | undefined;
  /** Whether a node or the caller reads a value. */
  isRead(name: string): boolean;
}

/**
 * Writes a node into the builder as opset 13 says it. Its outputs keep their names.
 * @throws OperatorError for a form that opset 13 can't say
 */
export type UpgradeRule = (context: UpgradeContext) => void;

export interface UpgradeEntry {
  /** The first opset that says it as 13 does; older files need the rule. */
  readonly until: number;
  readonly rule: UpgradeRule;
}

/** Rules by operator. */
export type UpgradeTable = Readonly<Record<string, UpgradeEntry>>;
