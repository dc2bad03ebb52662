/**
 * A graph in the form that passes and rules work on: nodes in the order of execution, values by name. Graphs are never changed
 * in place; a pass returns a new one.
 */
import type { DataType } from './model/data-types.ts';
import type { GraphMessage } from './model/messages.ts';
import type { Tensor } from './model/tensor.ts';

export type Attribute =
  | { readonly kind: 'int' | 'float'; readonly value: number }
  | { readonly kind: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: GraphMessage };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface GraphNode {
  readonly op: string;
  /** `''` for ONNX's own operators. */
  readonly domain: string;
  readonly name: string;
  /** Names of values; `''` where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A dimension of an input: a size, or the name of one that is chosen at run time (`batch`). */
export type SymbolicDim = number | string;

export interface ValueInfo {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly SymbolicDim[];
}

export interface Graph {
  /** Path or name of the model, for messages. */
  readonly source: string;
  /** Version of ONNX's operators that the nodes are written in. */
  readonly opset: number;
  readonly inputs: readonly ValueInfo[];
  /** Names of values; their types follow from the nodes. */
  readonly outputs: readonly string[];
  /** Tensors of the file by name: weights and running statistics, and whatever else the exporter put there. */
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Tensors that never change: `Constant` nodes, and what is computed from them. */
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly GraphNode[];
}

/** A dimension whose size is known only at run time, in `Dims`. */
export const DYNAMIC = -1;

/** Sizes of a value, `DYNAMIC` where they vary. */
export type Dims = readonly number[];

/** What is known of a value before the graph runs. */
export interface ValueFacts {
  readonly type: DataType;
  readonly dims: Dims;
  /** Its sizes in each of the two trial runs, where they differ. */
  readonly trials?: readonly [Dims, Dims];
}

/** How messages name a node. */
export function describeNode(node: GraphNode): string {
  return node.name === '' ? (node.outputs[0] ?? node.op) : node.name;
}

/** Names a node reads, those of its subgraphs' outer values among them. */
export function listReads(node: GraphNode): string[] {
  return [...node.inputs.filter((name) => name !== ''), ...listCaptured(node)];
}

/** Names of outer values that a node's subgraphs read. */
export function listCaptured(node: GraphNode): string[] {
  return Object.values(node.attributes).flatMap((one) => (one.kind === 'graph' ? listOuterNames(one.value) : []));
}

function listOuterNames(graph: GraphMessage): string[] {
  const names: string[] = [];
  for (const node of graph.node ?? []) {
    names.push(...(node.input ?? []));
    for (const { g } of node.attribute ?? []) if (g) names.push(...listOuterNames(g));
  }
  for (const { name } of graph.output ?? []) names.push(name ?? '');
  const own = new Set((graph.node ?? []).flatMap((node) => node.output ?? []));
  for (const { name } of [...(graph.input ?? []), ...(graph.initializer ?? [])]) own.add(name ?? '');
  return names.filter((name) => name !== '' && !own.has(name));
}
