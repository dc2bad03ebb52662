import type { Attribute, GraphNode, ValueInfo } from './graph.ts';
import { DATA_TYPES } from './model/data-types.ts';
import type { AttributeMessage, ModelMessage, NodeMessage, ValueInfoMessage } from './model/messages.ts';
import { createTensorMessage, type Tensor } from './model/tensor.ts';

/** What a graph to be run consists of. Outputs are names alone: the runtime finds their types. */
export interface WritableGraph {
  readonly opset: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly string[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly GraphNode[];
}

/** Version of the file format, which onnxruntime has read since 1.10. */
const IR_VERSION = 8;

const utf8 = new TextEncoder();

/** A graph as a model. Domains other than ONNX's own are declared as version 1. */
export function writeGraph(graph: WritableGraph): ModelMessage {
  const nodes = graph.nodes.map(writeNode);
  const domains = new Set(listDomains(nodes).filter((domain) => domain !== ''));
  return {
    irVersion: IR_VERSION,
    producerName: 'slideloom',
    graph: {
      node: nodes,
      name: 'graph',
      initializer: [...graph.tensors].map(([name, tensor]) => createTensorMessage(name, tensor)),
      input: graph.inputs.map(writeValueInfo),
      output: graph.outputs.map((name) => ({ name })),
    },
    opsetImport: [{ domain: '', version: graph.opset }, ...[...domains].map((domain) => ({ domain, version: 1 }))],
  };
}

/** Of nodes and of what their subgraphs hold. */
function listDomains(nodes: readonly NodeMessage[]): string[] {
  return nodes.flatMap(({ domain = '', attribute = [] }) => [
    domain,
    ...attribute.flatMap(({ g }) => listDomains(g?.node ?? [])),
  ]);
}

/** An input as the file describes it. */
function writeValueInfo({ name, type, dims }: ValueInfo): ValueInfoMessage {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DATA_TYPES[type].code, shape: { dim } } } };
}

/** A node as the file has it. */
export function writeNode(node: GraphNode): NodeMessage {
  return {
    input: [...node.inputs],
    output: [...node.outputs],
    name: node.name,
    opType: node.op,
    attribute: Object.entries(node.attributes).map(([name, value]) => ({ name, ...writeAttribute(value) })),
    domain: node.domain,
  };
}

function writeAttribute(attribute: Attribute): AttributeMessage {
  switch (attribute.kind) {
    case 'float':
      return { f: attribute.value, type: 1 };
    case 'int':
      return { i: attribute.value, type: 2 };
    case 'string':
      return { s: utf8.encode(attribute.value), type: 3 };
    case 'tensor':
      return { t: createTensorMessage('', attribute.value), type: 4 };
    case 'graph':
      return { g: attribute.value, type: 5 };
    case 'floats':
      return { floats: Float32Array.from(attribute.value), type: 6 };
    case 'ints':
      return { ints: [...attribute.value], type: 7 };
    case 'strings':
      return { strings: attribute.value.map((value) => utf8.encode(value)), type: 8 };
  }
}
