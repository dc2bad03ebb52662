import { int } from '../attributes.ts';
import { type Graph, type GraphNode, listCaptured, listReads } from '../graph.ts';
import type { Tensor } from '../model/tensor.ts';
import { listNames } from '../rewrite-model.ts';
import type { QuantizationPlan, QuantizedNode } from './plan-quantization.ts';
import { type QuantizedWeights, quantizeBias, quantizeWeights } from './quantize-weights.ts';
import { chooseScale, type ValueRange, type ValueScale } from './value-scale.ts';

export interface RoundingOptions {
  /** Largest level of a weight: 127, or 64 where processors add two products in 16 bits. */
  readonly limit: number;
}

export interface RoundedGraph {
  readonly graph: Graph;
  /** Nodes that are computed with eight bits: those of the plan whose input has a range. */
  readonly quantized: number;
}

/**
 * The graph with `QuantizeLinear` and `DequantizeLinear` around what is computed with eight bits; onnxruntime makes operators of
 * whole numbers of them. Weights have a scale for each output channel, biases 32 bits.
 * @param ranges of the plan's values; a value without a range stays in single precision
 */
export function insertRounding(
  graph: Graph,
  plan: QuantizationPlan,
  { ranges, limit }: RoundingOptions & { readonly ranges: ReadonlyMap<string, ValueRange> },
): RoundedGraph {
  const scales = chooseScales(plan, ranges);
  const constants = new Map(graph.constants);
  const tensors = new Map([...graph.initializers, ...graph.constants]);
  const names = createNames(graph);
  const store: Store = (wanted, tensor) => {
    const name = names(wanted);
    constants.set(name, tensor);
    return name;
  };
  const nodes: GraphNode[] = [];
  /** Values behind their rounding. */
  const rounded = new Map<string, string>();
  const round = (name: string) => {
    const scale = scales.get(name);
    if (!scale) return;
    const made = createRounding(name, { scale, store, names });
    rounded.set(name, made.output);
    nodes.push(...made.nodes);
  };
  const planned = new Map(plan.nodes.map((one) => [one.node, one]));
  let quantized = 0;
  for (const { name } of graph.inputs) round(name);
  for (const node of graph.nodes) {
    const own = planned.get(node);
    const scale = scales.get(node.inputs[0] ?? '');
    const inputs = node.inputs.map((name) => rounded.get(name) ?? name);
    if (own && scale) {
      const made = storeWeights(own, { tensors, scale, limit, store, names });
      nodes.push(...made.nodes, { ...node, inputs: [inputs[0] ?? '', ...made.inputs] });
      quantized++;
    } else nodes.push({ ...node, inputs });
    for (const name of node.outputs) round(name);
  }
  return { graph: dropUnread({ ...graph, constants, nodes }), quantized };
}

/** Finds a name that nothing of the graph has: the one that is wanted, with as many underscores as it takes. */
function createNames({ inputs, outputs, initializers, constants, nodes }: Graph): Names {
  const taken = new Set([
    ...listNames({ inputs, initializers, nodes }),
    ...constants.keys(),
    ...outputs,
    ...nodes.flatMap(listCaptured),
  ]);
  return (wanted) => {
    let name = wanted;
    while (taken.has(name)) name += '_';
    taken.add(name);
    return name;
  };
}

function chooseScales(
  { values, same }: QuantizationPlan,
  ranges: ReadonlyMap<string, ValueRange>,
): Map<string, ValueScale> {
  const scales = new Map<string, ValueScale>();
  for (const name of values) {
    const range = ranges.get(same.get(name) ?? name);
    if (range && Number.isFinite(range.min) && Number.isFinite(range.max)) scales.set(name, chooseScale(range));
  }
  return scales;
}

type Names = (wanted: string) => string;
/** Keeps a tensor under the name that is wanted or one like it, and returns that. */
type Store = (wanted: string, tensor: Tensor) => string;

function createRounding(
  value: string,
  { scale: { scale, zero }, store, names }: { scale: ValueScale; store: Store; names: Names },
): { nodes: GraphNode[]; output: string } {
  const parameters = [
    store(`${value}/scale`, { type: 'float32', dims: [], data: Float32Array.of(scale) }),
    store(`${value}/zero`, { type: 'uint8', dims: [], data: Uint8Array.of(zero) }),
  ];
  const [levels, output] = [names(`${value}/levels`), names(`${value}/rounded`)];
  const common = { domain: '', attributes: {} };
  const nodes = [
    { ...common, op: 'QuantizeLinear', name: levels, inputs: [value, ...parameters], outputs: [levels] },
    { ...common, op: 'DequantizeLinear', name: output, inputs: [levels, ...parameters], outputs: [output] },
  ];
  return { nodes, output };
}

function storeWeights(
  { node, axis }: QuantizedNode,
  from: { tensors: ReadonlyMap<string, Tensor>; scale: ValueScale; limit: number; store: Store; names: Names },
): { nodes: GraphNode[]; inputs: string[] } {
  const { tensors, scale, limit } = from;
  const [, weightName = '', biasName = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const weight = tensors.get(weightName);
  const bias = tensors.get(biasName);
  if (!weight) return { nodes: [], inputs: node.inputs.slice(1) };
  const weights = quantizeWeights(weight, axis, { limit, bias, inputScale: scale.scale });
  const base = `${output}/weight`;
  const parts = [createDequantizer(base, { tensor: weights.levels, scales: weights.scales, axis }, from)];
  if (bias) {
    const { levels, scales } = quantizeBias(bias, weights, scale.scale);
    parts.push(createDequantizer(`${output}/bias`, { tensor: levels, scales, axis: 0 }, from));
  }
  return { nodes: parts, inputs: parts.map(({ outputs }) => outputs[0] ?? '') };
}

function createDequantizer(
  base: string,
  { tensor, scales, axis }: { tensor: Tensor; scales: QuantizedWeights['scales']; axis: number },
  { store, names }: { store: Store; names: Names },
): GraphNode {
  const zeros = tensor.type === 'int8' ? new Int8Array(scales.length) : new Int32Array(scales.length);
  const inputs = [
    store(`${base}/levels`, tensor),
    store(`${base}/scale`, { type: 'float32', dims: [scales.length], data: scales }),
    store(`${base}/zero`, { type: tensor.type, dims: [scales.length], data: zeros }),
  ];
  const outputs = [names(`${base}/rounded`)];
  return {
    op: 'DequantizeLinear',
    domain: '',
    name: outputs[0] ?? '',
    inputs,
    outputs,
    attributes: { axis: int(axis) },
  };
}

/** Weights in single precision that nothing reads any more would be stored beside those of eight bits. */
function dropUnread(graph: Graph): Graph {
  const read = new Set([...graph.outputs, ...graph.nodes.flatMap(listReads)]);
  const keep = (tensors: ReadonlyMap<string, Tensor>) => new Map([...tensors].filter(([name]) => read.has(name)));
  return { ...graph, initializers: keep(graph.initializers), constants: keep(graph.constants) };
}
