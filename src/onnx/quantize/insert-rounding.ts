import { int } from '../attributes.ts';
import { type Graph, type GraphNode, listReads } from '../graph.ts';
import type { Tensor } from '../model/tensor.ts';
import type { QuantizationPlan, QuantizedNode } from './plan-quantization.ts';
import { type QuantizedWeights, quantizeBias, quantizeWeights } from './quantize-weights.ts';
import { chooseScale, type ValueRange, type ValueScale } from './value-scale.ts';

export interface RoundingOptions {
  /** Largest level of a weight: 127, or 64 where processors add two products in 16 bits. */
  readonly limit: number;
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
): Graph {
  const scales = chooseScales(plan, ranges);
  const constants = new Map(graph.constants);
  const tensors = new Map([...graph.initializers, ...graph.constants]);
  const store = (name: string, tensor: Tensor) => {
    constants.set(name, tensor);
    return name;
  };
  const nodes: GraphNode[] = [];
  const round = (name: string) => {
    const scale = scales.get(name);
    if (scale) nodes.push(...createRounding(name, scale, store));
  };
  const read = (name: string) => (scales.has(name) ? getRounded(name) : name);
  const quantized = new Map(plan.nodes.map((one) => [one.node, one]));
  for (const { name } of graph.inputs) round(name);
  for (const node of graph.nodes) {
    const own = quantized.get(node);
    const scale = scales.get(node.inputs[0] ?? '');
    const inputs = node.inputs.map(read);
    if (own && scale) {
      const made = storeWeights(own, { tensors, scale, limit, store });
      nodes.push(...made.nodes, { ...node, inputs: [inputs[0] ?? '', ...made.inputs] });
    } else nodes.push({ ...node, inputs });
    for (const name of node.outputs) round(name);
  }
  return dropUnread({ ...graph, constants, nodes });
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

type Store = (name: string, tensor: Tensor) => string;

/** Name of a value behind its rounding. */
function getRounded(name: string): string {
  return `${name}/rounded`;
}

function createRounding(name: string, { scale, zero }: ValueScale, store: Store): GraphNode[] {
  const parameters = [
    store(`${name}/scale`, { type: 'float32', dims: [], data: Float32Array.of(scale) }),
    store(`${name}/zero`, { type: 'uint8', dims: [], data: Uint8Array.of(zero) }),
  ];
  const levels = `${name}/levels`;
  const common = { domain: '', attributes: {} };
  return [
    { ...common, op: 'QuantizeLinear', name: levels, inputs: [name, ...parameters], outputs: [levels] },
    {
      ...{ ...common, op: 'DequantizeLinear', name: getRounded(name) },
      inputs: [levels, ...parameters],
      outputs: [getRounded(name)],
    },
  ];
}

function storeWeights(
  { node, axis }: QuantizedNode,
  from: { tensors: ReadonlyMap<string, Tensor>; scale: ValueScale; limit: number; store: Store },
): { nodes: GraphNode[]; inputs: string[] } {
  const { tensors, scale, limit, store } = from;
  const [, weightName = '', biasName = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const weight = tensors.get(weightName);
  const bias = tensors.get(biasName);
  if (!weight) return { nodes: [], inputs: node.inputs.slice(1) };
  const weights = quantizeWeights(weight, axis, { limit, bias, inputScale: scale.scale });
  const base = `${output}/weight`;
  const parts = [createDequantizer(base, { tensor: weights.levels, scales: weights.scales, axis }, store)];
  if (bias) {
    const { levels, scales } = quantizeBias(bias, weights, scale.scale);
    parts.push(createDequantizer(`${output}/bias`, { tensor: levels, scales, axis: 0 }, store));
  }
  return { nodes: parts, inputs: parts.map(({ outputs }) => outputs[0] ?? '') };
}

function createDequantizer(
  base: string,
  { tensor, scales, axis }: { tensor: Tensor; scales: QuantizedWeights['scales']; axis: number },
  store: Store,
): GraphNode {
  const zeros = tensor.type === 'int8' ? new Int8Array(scales.length) : new Int32Array(scales.length);
  const inputs = [
    store(`${base}/levels`, tensor),
    store(`${base}/scale`, { type: 'float32', dims: [scales.length], data: scales }),
    store(`${base}/zero`, { type: tensor.type, dims: [scales.length], data: zeros }),
  ];
  const outputs = [`${base}/rounded`];
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
