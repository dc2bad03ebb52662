import { getNumber } from './attributes.ts';
import { type Graph, type GraphNode, listCaptured } from './graph.ts';
import type { Tensor } from './model/tensor.ts';

/** What a batch normalisation by running statistics does to each channel: `value * factor + shift`. */
interface ChannelMap {
  readonly factors: Float64Array;
  readonly shifts: Float64Array;
}

/**
 * The graph for inference with each batch normalisation behind a convolution in the convolution's own weights and bias, where
 * nothing else reads what lies between. Computed in double precision, rounded once. Other normalisations stay.
 * @param graph with batch normalisation by running statistics (`createInferenceModel`), normalised
 */
export function foldBatchNorm(graph: Graph): Graph {
  const tensors = new Map([...graph.initializers, ...graph.constants]);
  const readers = countReaders(graph);
  const producers = new Map(graph.nodes.map((node) => [node.outputs[0] ?? '', node]));
  const replaced = new Map<GraphNode, GraphNode | undefined>();
  const constants = new Map(graph.constants);
  for (const norm of graph.nodes) {
    if (!isPlain(norm, 'BatchNormalization') || norm.outputs.length > 1) continue;
    const conv = producers.get(norm.inputs[0] ?? '');
    if (!conv || !isPlain(conv, 'Conv') || replaced.has(conv) || readers.get(norm.inputs[0] ?? '') !== 1) continue;
    const weight = tensors.get(conv.inputs[1] ?? '');
    const bias = conv.inputs[2] ? tensors.get(conv.inputs[2]) : 'none';
    const map = createChannelMap(norm, tensors);
    if (weight?.type !== 'float32' || bias === undefined || !map || map.factors.length !== weight.dims[0]) continue;
    const [output = ''] = norm.outputs;
    const names = [`${output}/weight`, `${output}/bias`] as const;
    if (names.some((name) => tensors.has(name) || producers.has(name))) continue;
    constants.set(names[0], scaleRows(weight, map.factors));
    constants.set(names[1], foldBias(bias === 'none' ? undefined : bias, map));
    replaced.set(conv, { ...conv, inputs: [conv.inputs[0] ?? '', ...names], outputs: [output] });
    replaced.set(norm, undefined);
  }
  const nodes = graph.nodes.flatMap((node) => (replaced.has(node) ? (replaced.get(node) ?? []) : node));
  return { ...graph, constants, nodes };
}

/** How often each value is read, by nodes, subgraphs and the graph's outputs. */
export function countReaders(graph: Graph): Map<string, number> {
  const counts = new Map<string, number>();
  const reads = [...graph.outputs, ...graph.nodes.flatMap((node) => [...node.inputs, ...listCaptured(node)])];
  for (const name of reads) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Whether a node is this operator of ONNX's own. */
export function isPlain(node: GraphNode, op: string): boolean {
  return node.domain === '' && node.op === op;
}

/** Undefined where a parameter is no stored vector of single precision. */
function createChannelMap(norm: GraphNode, tensors: ReadonlyMap<string, Tensor>): ChannelMap | undefined {
  const [scale, bias, mean, variance] = norm.inputs.slice(1, 5).map((name) => {
    const tensor = tensors.get(name);
    return tensor?.type === 'float32' ? (tensor.data as Float32Array) : undefined;
  });
  if (!scale || !bias || !mean || !variance) return undefined;
  const epsilon = getNumber(norm, 'epsilon', 1e-5);
  const factors = Float64Array.from(scale, (value, c) => value / Math.sqrt((variance[c] ?? 0) + epsilon));
  return { factors, shifts: Float64Array.from(bias, (value, c) => value - (mean[c] ?? 0) * (factors[c] ?? 0)) };
}

function scaleRows(weight: Tensor, factors: Float64Array): Tensor {
  const data = weight.data as Float32Array;
  const row = data.length / factors.length;
  const scaled = Float32Array.from(data, (value, at) => value * (factors[Math.floor(at / row)] ?? 0));
  return { ...weight, data: scaled };
}

function foldBias(bias: Tensor | undefined, { factors, shifts }: ChannelMap): Tensor {
  const data = bias?.data as Float32Array | undefined;
  const folded = Float32Array.from(shifts, (shift, c) => (data?.[c] ?? 0) * (factors[c] ?? 0) + shift);
  return { type: 'float32', dims: [folded.length], data: folded };
}
