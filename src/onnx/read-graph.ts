import { ModelError } from '../utils/errors.ts';
import { text } from './attributes.ts';
import { type Attribute, describeNode, type Graph, type GraphNode, listReads, type ValueInfo } from './graph.ts';
import { getDataType } from './model/data-types.ts';
import type { AttributeMessage, NodeMessage, ValueInfoMessage } from './model/messages.ts';
import { readTensor } from './model/tensor.ts';
import { WireFault } from './model/wire-reader.ts';
import type { OnnxModel } from './model.ts';

/** Versions of ONNX's operators whose meaning the rules know. Below 13, axes and softmax meant something else. */
const MIN_OPSET = 13;
const MAX_OPSET = 23;
/** From here on additive scatters and LayerNormalization exist. Between 13 and it RoiAlign alone changed its meaning. */
const TRAIN_OPSET = 17;
/** From here on RoiAlign takes half a pixel off its regions, unless it is told otherwise. */
const HALF_PIXEL_OPSET = 16;

/** AttributeProto.AttributeType */
const KIND = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

const utf8 = new TextDecoder();

/**
 * A model's graph, checked: every value is defined once, and before it is read.
 * @throws ModelError where the graph contradicts itself, has functions, or is of an opset that is not known
 */
export function readGraph(model: OnnxModel): Graph {
  const { source, graph, message, initializers } = model;
  const opset = checkOpset(model);
  if (message.functions?.length)
    throw new ModelError(source, `it has functions of its own (${message.functions.length})`, {
      hint: 'export it with functions inlined (onnx.inliner.inline_local_functions)',
    });
  const inputs = (graph.input ?? []).filter(({ name }) => !initializers.has(name ?? ''));
  const result: Graph = {
    source,
    opset: Math.max(opset, TRAIN_OPSET),
    inputs: inputs.map((input) => readValueInfo(source, input)),
    outputs: (graph.output ?? []).map(({ name }) => name ?? ''),
    initializers,
    constants: new Map(),
    nodes: (graph.node ?? []).map((node) => toTrainOpset(readNode(source, node), opset)),
  };
  checkOrder(result);
  return result;
}

/** A node of `opset` as it is written from `TRAIN_OPSET` on. */
function toTrainOpset(node: GraphNode, opset: number): GraphNode {
  if (node.op !== 'RoiAlign' || node.domain !== '' || opset >= HALF_PIXEL_OPSET) return node;
  return { ...node, attributes: { ...node.attributes, coordinate_transformation_mode: text('output_half_pixel') } };
}

function checkOpset({ source, message }: OnnxModel): number {
  const own = (message.opsetImport ?? []).find(({ domain = '' }) => domain === '' || domain === 'ai.onnx');
  const opset = own?.version ?? 0;
  if (opset >= MIN_OPSET && opset <= MAX_OPSET) return opset;
  throw new ModelError(source, `operators of opset ${opset}, where ${MIN_OPSET} to ${MAX_OPSET} are known`, {
    hint: 'export the model again with opset 17 (torch.onnx.export: opset_version=17)',
  });
}

function readValueInfo(source: string, { name = '', type }: ValueInfoMessage): ValueInfo {
  const elements = getDataType(type?.tensorType?.elemType ?? 0);
  const shape = type?.tensorType?.shape;
  if (!elements || !shape)
    throw new ModelError(source, `input "${name}" is no tensor with a shape`, {
      hint: 'export the model with example inputs, so that their rank is known',
    });
  return {
    name,
    type: elements,
    dims: (shape.dim ?? []).map(({ dimValue, dimParam }, axis) => dimValue ?? (dimParam || `${name}:${axis}`)),
  };
}

/** A node of the file. @throws ModelError for attributes that can't be read */
export function readNode(source: string, message: NodeMessage): GraphNode {
  const { opType = '', domain = '', name = '', input = [], output = [] } = message;
  const attributes: Record<string, Attribute> = {};
  for (const attribute of message.attribute ?? []) {
    const value = readAttribute(source, attribute);
    if (value) attributes[attribute.name ?? ''] = value;
    else throw new ModelError(source, `node "${name}" (${opType}): attribute "${attribute.name}" can't be read`);
  }
  return { op: opType, domain: domain === 'ai.onnx' ? '' : domain, name, inputs: input, outputs: output, attributes };
}

function readAttribute(source: string, message: AttributeMessage): Attribute | undefined {
  try {
    switch (message.type) {
      case KIND.float:
        return { kind: 'float', value: message.f ?? 0 };
      case KIND.int:
        return { kind: 'int', value: message.i ?? 0 };
      case KIND.string:
        return { kind: 'string', value: utf8.decode(message.s) };
      case KIND.floats:
        return { kind: 'floats', value: [...(message.floats ?? [])] };
      case KIND.ints:
        return { kind: 'ints', value: message.ints ?? [] };
      case KIND.strings:
        return { kind: 'strings', value: (message.strings ?? []).map((bytes) => utf8.decode(bytes)) };
      case KIND.tensor:
        return message.t && { kind: 'tensor', value: readTensor(message.t) };
      case KIND.graph:
        return message.g && { kind: 'graph', value: message.g };
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof WireFault) throw new ModelError(source, error.message, { cause: error });
    throw error;
  }
}

function checkOrder({ source, inputs, initializers, nodes, outputs }: Graph): void {
  const known = new Set([...inputs.map(({ name }) => name), ...initializers.keys()]);
  for (const node of nodes) {
    const missing = listReads(node).find((name) => !known.has(name));
    if (missing !== undefined)
      throw new ModelError(source, `node "${describeNode(node)}" reads "${missing}", which nothing before it makes`);
    for (const name of node.outputs) {
      if (name === '') continue;
      if (known.has(name)) throw new ModelError(source, `the value "${name}" is made twice`);
      known.add(name);
    }
  }
  const missing = outputs.find((name) => !known.has(name));
  if (missing !== undefined) throw new ModelError(source, `its output "${missing}" is made by nothing`);
}
