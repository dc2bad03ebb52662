import { ModelError } from '../utils/model-errors.ts';
import { createRandom } from '../utils/random.ts';
import type { GraphMessage, NodeMessage, ValueInfoMessage } from './model/messages.ts';
import { createTensorMessage, type Tensor } from './model/tensor.ts';
import type { OnnxModel } from './model.ts';
import { drawDefault } from './models/initialize.ts';

export interface HeadOptions {
  /** Logits of the new layer. */
  readonly classes: number;
  /** Of its weights. */
  readonly seed: number;
}

/**
 * The model with a new last layer in place of its own, of as many classes as wanted, under the names of the old one. Weights begin
 * as torch begins those of a `Linear`, biases at 0.
 * @throws ModelError where the first output does not come from a Gemm with weights of its own
 */
export function replaceHead(model: OnnxModel, { classes, seed }: HeadOptions): OnnxModel {
  const { graph, initializers } = model;
  const [output, ...more] = graph.output ?? [];
  const { node, weight, isTransposed } = findHead(model, output?.name ?? '');
  const [, weightName = '', biasName = ''] = node.input ?? [];
  const inputs = weight.dims[isTransposed ? 1 : 0] ?? 0;
  const data = new Float32Array(classes * inputs);
  drawDefault(inputs)(data, createRandom(seed));
  const fresh = new Map<string, Tensor>([
    [weightName, { type: 'float32', dims: isTransposed ? [classes, inputs] : [inputs, classes], data }],
    [biasName, { type: 'float32', dims: [classes], data: new Float32Array(classes) }],
  ]);
  const all = new Map([...initializers].map(([name, tensor]) => [name, fresh.get(name) ?? tensor]));
  const changed: GraphMessage = {
    ...graph,
    output: [...(output ? [setClasses(output, classes)] : []), ...more],
    valueInfo: (graph.valueInfo ?? []).filter(({ name }) => name !== output?.name),
    initializer: [...all].map(([name, tensor]) => createTensorMessage(name, tensor)),
  };
  return { source: model.source, message: { ...model.message, graph: changed }, graph: changed, initializers: all };
}

function findHead({ source, graph, initializers }: OnnxModel, output: string) {
  const nodes = graph.node ?? [];
  const node = nodes.findLast((one) => one.output?.includes(output));
  const [, weightName = '', biasName = ''] = node?.input ?? [];
  const weight = initializers.get(weightName);
  const own = [weightName, ...(biasName === '' ? [] : [biasName])];
  const isOwn = own.every((name) => initializers.has(name) && countReads(nodes, name) === 1);
  if (node?.opType !== 'Gemm' || weight?.type !== 'float32' || !isOwn)
    throw new ModelError(
      source,
      `its output comes from ${node?.opType ?? 'nowhere'}, not from a layer that can be replaced`,
      {
        hint: 'a new head takes the place of a Gemm with weights of its own (torch.nn.Linear)',
      },
    );
  return { node, weight, isTransposed: (node.attribute ?? []).some(({ name, i }) => name === 'transB' && i === 1) };
}

function countReads(nodes: readonly NodeMessage[], name: string): number {
  return nodes.reduce((sum, { input = [] }) => sum + input.filter((one) => one === name).length, 0);
}

/** The second side of an output's shape, where it has one. */
function setClasses(output: ValueInfoMessage, classes: number): ValueInfoMessage {
  const { type } = output;
  const dim = type?.tensorType?.shape?.dim;
  if (!type?.tensorType || dim?.length !== 2) return output;
  const shape = { dim: [dim[0] ?? {}, { dimValue: classes }] };
  return { ...output, type: { ...type, tensorType: { ...type.tensorType, shape } } };
}
