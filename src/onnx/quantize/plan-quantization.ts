import { getNumber } from '../attributes.ts';
import { countReaders, isPlain } from '../fold-batch-norm.ts';
import type { Graph, GraphNode } from '../graph.ts';
import type { Tensor } from '../model/tensor.ts';

/** A node whose product is computed with whole numbers. */
export interface QuantizedNode {
  readonly node: GraphNode;
  /** The weights' axis of output channels: each channel has a scale of its own. */
  readonly axis: number;
}

/** What becomes of a graph's values. */
export interface QuantizationPlan {
  readonly nodes: readonly QuantizedNode[];
  /** Values that are rounded to eight bits, in the order in which the graph makes them. */
  readonly values: readonly string[];
  /** Values that have the scale of another one: what pools, reshapes and transposes hand on. */
  readonly same: ReadonlyMap<string, string>;
}

/** What they give are values of what they take. */
const HANDING_ON = ['MaxPool', 'Flatten', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze'];
/** They work on eight bits where all they take has eight bits. */
const CARRYING = ['Add', 'Concat', 'AveragePool', 'GlobalAveragePool'];
/** Rounding to eight bits from 0 on does what they do. */
const CLIPPING = ['Relu', 'Clip'];

/**
 * Chooses what is computed with eight bits: Conv, Gemm and MatMul with stored weights, and what lies between two of them without
 * arithmetic of its own. The rest, attention, normalisation, and the model's last product, stays as it is.
 * @param excluded names of nodes that stay in single precision
 */
export function planQuantization(graph: Graph, excluded: ReadonlySet<string> = new Set()): QuantizationPlan {
  const tensors = new Map([...graph.initializers, ...graph.constants]);
  const nodes = graph.nodes.flatMap((node): QuantizedNode[] => {
    const axis = excluded.has(node.name) ? undefined : findChannelAxis(node, tensors);
    return axis === undefined ? [] : [{ node, axis }];
  });
  const wanted = new Set(nodes.flatMap(({ node }) => node.inputs[0] ?? []));
  for (const { node } of nodes) if (node.op === 'Conv') wanted.add(findRounded(graph, node.outputs[0] ?? ''));
  const values = new Set<string>();
  const same = new Map<string, string>();
  for (const { name } of graph.inputs) if (wanted.has(name)) values.add(name);
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs;
    const taken = node.inputs.filter((name) => name !== '' && !tensors.has(name));
    const rounded = node.domain === '' && taken.length > 0 && taken.every((name) => values.has(name));
    const handsOn = rounded && HANDING_ON.includes(node.op);
    const carries = rounded && CARRYING.includes(node.op) && taken.length === node.inputs.length;
    if (handsOn) same.set(output, same.get(taken[0] ?? '') ?? taken[0] ?? '');
    const target = carries ? findRounded(graph, output) : output;
    if (carries && target !== output) wanted.add(target);
    if (!graph.outputs.includes(output) && (handsOn || (carries && target === output) || wanted.has(output)))
      values.add(output);
  }
  return { nodes, values: [...values], same };
}

/** Where what a node gives is rounded: behind the Relu that alone reads it, else at once. */
function findRounded(graph: Graph, output: string): string {
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(output));
  const [next] = readers;
  const single = next && readers.length === 1 && countReaders(graph).get(output) === 1;
  return single && CLIPPING.some((op) => isPlain(next, op)) ? (next.outputs[0] ?? output) : output;
}

/** Undefined for a node that is not computed with eight bits. */
function findChannelAxis(node: GraphNode, tensors: ReadonlyMap<string, Tensor>): number | undefined {
  if (node.domain !== '') return undefined;
  const [input = '', name = '', biasName = ''] = node.inputs;
  const weight = tensors.get(name);
  const bias = biasName === '' ? undefined : tensors.get(biasName);
  if (tensors.has(input) || weight?.type !== 'float32') return undefined;
  if (biasName !== '' && bias?.type !== 'float32') return undefined;
  if (node.op === 'Conv') return weight.dims.length === 4 ? 0 : undefined;
  if (weight.dims.length !== 2) return undefined;
  if (node.op === 'MatMul') return 1;
  const plain = getNumber(node, 'alpha', 1) === 1 && getNumber(node, 'beta', 1) === 1;
  if (node.op !== 'Gemm' || !plain || getNumber(node, 'transA', 0) === 1) return undefined;
  const axis = getNumber(node, 'transB', 0) === 1 ? 0 : 1;
  // A bias that is stretched over channels has no scale for each of them.
  return bias && (bias.dims.length !== 1 || bias.dims[0] !== weight.dims[axis]) ? undefined : axis;
}
