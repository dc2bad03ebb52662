import { ModelError, OptionError } from '../utils/errors.ts';
import type { ModelMessage, NodeMessage, TensorMessage } from './model/messages.ts';
import { createTensorMessage } from './model/tensor.ts';
import type { OnnxModel } from './model.ts';

/**
 * The model as its file has it, with trained weights, and for inference: batch normalisation uses its running statistics and
 * dropout drops nothing. Names, inputs, outputs and metadata stay. The weights are views of the arrays given.
 * @param weights weights and statistics by name; others stay as they are in the file
 * @throws OptionError for a weight that the model does not have, or of another size; ModelError where a node's batch
 * statistics are read
 */
export function createInferenceModel(model: OnnxModel, weights: ReadonlyMap<string, Float32Array>): ModelMessage {
  checkWeights(model, weights);
  const initializer: TensorMessage[] = [...model.initializers].map(([name, tensor]) => {
    const data = weights.get(name);
    return createTensorMessage(name, data ? { ...tensor, data } : tensor);
  });
  const reads = new Set([
    ...(model.graph.node ?? []).flatMap(({ input }) => input ?? []),
    ...(model.graph.output ?? []).map(({ name }) => name ?? ''),
  ]);
  const node = (model.graph.node ?? []).map((one) => toInference(model.source, one, reads));
  return { ...model.message, graph: { ...model.graph, node, initializer } };
}

/** Whether the file itself is what `createInferenceModel` would make of it without new weights. */
export function isForInference({ graph, source }: OnnxModel): boolean {
  const nodes = graph.node ?? [];
  return nodes.every((node) => toInference(source, node, new Set()) === node);
}

function checkWeights(model: OnnxModel, weights: ReadonlyMap<string, Float32Array>): void {
  for (const [name, { length }] of weights) {
    const own = model.initializers.get(name);
    if (own?.type !== 'float32' || own.data.length !== length)
      throw new OptionError('weights', `weights of ${model.source}`, `${length} numbers of "${name}"`);
  }
}

function toInference(source: string, node: NodeMessage, reads: ReadonlySet<string>): NodeMessage {
  if ((node.domain ?? '') !== '' && node.domain !== 'ai.onnx') return node;
  if (node.opType === 'BatchNormalization') return toFixedStatistics(source, node, reads);
  // Its third input says that it trains.
  if (node.opType === 'Dropout' && (node.input ?? []).length > 2)
    return { ...node, input: (node.input ?? []).slice(0, 2) };
  return node;
}

function toFixedStatistics(source: string, node: NodeMessage, reads: ReadonlySet<string>): NodeMessage {
  const [output = '', ...statistics] = node.output ?? [];
  const trains = (node.attribute ?? []).some(({ name }) => name === 'training_mode');
  if (!trains && statistics.length === 0) return node;
  if (statistics.some((name) => reads.has(name)))
    throw new ModelError(source, `something reads the batch statistics of its node "${node.name ?? ''}"`);
  const attribute = (node.attribute ?? []).filter(({ name }) => name !== 'training_mode');
  return { ...node, output: [output], attribute };
}
