import { ModelError } from '../utils/errors.ts';
import { getNumber } from './attributes.ts';
import { type Graph, type GraphNode, listCaptured, listReads } from './graph.ts';
import type { Tensor } from './model/tensor.ts';

export interface NormalizedGraph {
  readonly graph: Graph;
  /** Names that the exporter gave to tensors that are stored under another name: it merged weights of equal value. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * The same graph without `Constant` nodes, which become constants, and without `Identity` and dropout that drops nothing.
 * @throws ModelError for constants that are no tensors
 */
export function normalizeGraph(graph: Graph): NormalizedGraph {
  const constants = new Map(graph.constants);
  const renamed = new Map<string, string>();
  const aliases = new Map<string, string>();
  const nodes: GraphNode[] = [];
  // Names that are asked for from outside, or by subgraphs, stay.
  const fixed = new Set([...graph.outputs, ...graph.nodes.flatMap(listCaptured)]);
  const reads = new Set([...graph.outputs, ...graph.nodes.flatMap(listReads)]);
  for (const node of graph.nodes) {
    const resolved = renameInputs(node, renamed);
    const [input = '', ratio = ''] = resolved.inputs;
    const [output = ''] = resolved.outputs;
    if (node.domain === '' && node.op === 'Constant') constants.set(output, readConstant(graph.source, node));
    else if (!fixed.has(output) && isPassing(resolved, { ratio: constants.get(ratio), reads })) {
      renamed.set(output, input);
      if (graph.initializers.has(input)) aliases.set(output, input);
    } else nodes.push(resolved);
  }
  return { graph: { ...graph, constants, nodes }, aliases };
}

function renameInputs(node: GraphNode, renamed: ReadonlyMap<string, string>): GraphNode {
  if (!node.inputs.some((name) => renamed.has(name))) return node;
  return { ...node, inputs: node.inputs.map((name) => renamed.get(name) ?? name) };
}

/** Whether a node hands its input on as it is, and nobody asks for more. */
function isPassing(
  node: GraphNode,
  { ratio, reads }: { ratio: Tensor | undefined; reads: ReadonlySet<string> },
): boolean {
  if (node.domain !== '') return false;
  if (node.op === 'Identity') return true;
  if (node.op !== 'Dropout' || reads.has(node.outputs[1] ?? '')) return false;
  const trains = (node.inputs[2] ?? '') !== '';
  return !trains || (ratio !== undefined && Number(ratio.data[0]) === 0);
}

function readConstant(source: string, node: GraphNode): Tensor {
  const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
  if (value?.kind === 'tensor') return value.value;
  if (value_float) return { type: 'float32', dims: [], data: Float32Array.of(getNumber(node, 'value_float', 0)) };
  if (value_int) return { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(getNumber(node, 'value_int', 0))) };
  if (value_floats?.kind === 'floats')
    return { type: 'float32', dims: [value_floats.value.length], data: Float32Array.from(value_floats.value) };
  if (value_ints?.kind === 'ints')
    return {
      type: 'int64',
      dims: [value_ints.value.length],
      data: BigInt64Array.from(value_ints.value, (one) => BigInt(one)),
    };
  throw new ModelError(source, `the constant "${node.outputs[0] ?? ''}" is no tensor of numbers`);
}
