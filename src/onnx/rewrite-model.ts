import type { Graph, GraphNode } from './graph.ts';
import type { GraphMessage } from './model/messages.ts';
import { createTensorMessage, type Tensor } from './model/tensor.ts';
import type { OnnxModel } from './model.ts';
import { readNode } from './read-graph.ts';
import { writeNode } from './write-graph.ts';

export interface ModelChanges {
  /** All of its nodes. */
  readonly nodes?: readonly GraphNode[];
  /** Tensors to add, or to put in the place of others of their name. */
  readonly tensors?: ReadonlyMap<string, Tensor>;
  /** Inputs, outputs and what is told of values between them. */
  readonly graph?: Pick<GraphMessage, 'input' | 'output' | 'valueInfo'>;
  /** Version of ONNX's own operators. */
  readonly opset?: number;
}

/** From this version of the file format on a tensor of the file need not be an input too. */
const IR_VERSION = 8;

/** Its nodes in a form that can be worked on. @throws ModelError for attributes that can't be read */
export function readNodes({ source, graph }: OnnxModel): GraphNode[] {
  return (graph.node ?? []).map((node) => readNode(source, node));
}

/** The model with some of it changed; the one given stays as it is. New tensors come last. */
export function rewriteModel(model: OnnxModel, { nodes, tensors, graph, opset }: ModelChanges): OnnxModel {
  const initializers = new Map([...model.initializers, ...(tensors ?? [])]);
  const changed: GraphMessage = {
    ...model.graph,
    ...graph,
    ...(nodes ? { node: nodes.map(writeNode) } : {}),
    initializer: [...initializers].map(([name, tensor]) => createTensorMessage(name, tensor)),
  };
  changed.input = (changed.input ?? []).filter(({ name }) => !initializers.has(name ?? ''));
  const { irVersion = 0, opsetImport = [] } = model.message;
  const others = opsetImport.filter(({ domain = '' }) => domain !== '' && domain !== 'ai.onnx');
  const message = {
    ...model.message,
    irVersion: Math.max(irVersion, IR_VERSION),
    ...(opset === undefined ? {} : { opsetImport: [{ domain: '', version: opset }, ...others] }),
    graph: changed,
  };
  return { source: model.source, message, graph: changed, initializers };
}

/** Every name that a value or a tensor of the graph has. */
export function listNames({ inputs, initializers, nodes }: Pick<Graph, 'inputs' | 'initializers' | 'nodes'>): string[] {
  return [
    ...inputs.map(({ name }) => name),
    ...initializers.keys(),
    ...nodes.flatMap((node) => [...node.inputs, ...node.outputs]),
  ];
}
