import { ModelError } from '../utils/errors.ts';
import { createRandom } from '../utils/random.ts';
import { getNumber, int } from './attributes.ts';
import { type GraphNode, listReads } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { ValueInfoMessage } from './model/messages.ts';
import type { Tensor } from './model/tensor.ts';
import type { OnnxModel } from './model.ts';
import { drawDefault } from './models/initialize.ts';
import { listNames, readNodes, rewriteModel } from './rewrite-model.ts';

export interface HeadOptions {
  /** Logits of the new layer. */
  readonly classes: number;
  /** Of its weights. */
  readonly seed: number;
}

/** Layers that turn logits into probabilities, which go with the old head. */
const ACTIVATIONS: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax']);

/**
 * The model with a new last layer of as many classes as wanted. Where it ends in a linear layer of its own (Gemm, or MatMul with or
 * without an Add), with or without softmax, that one is replaced under its names; else its output is taken for features,
 * and a layer `head.weight`, `head.bias` is put after it. Weights begin as torch begins those of a `Linear`, biases at 0. Further
 * outputs that were computed of the old layer's result, such as a list of its classes, go with it.
 * @throws ModelError where the first output is not [batch, features]
 */
export function replaceHead(model: OnnxModel, { classes, seed }: HeadOptions): OnnxModel {
  const nodes = readNodes(model);
  const name = model.graph.output?.[0]?.name ?? '';
  const last = findMaker(nodes, name);
  const logits = last && ACTIVATIONS.has(last.op) ? (last.inputs[0] ?? '') : name;
  const head = findHead(model, nodes, logits);
  if (!head) return appendHead(model, { nodes, classes, seed });
  const { weight, bias, isTransposed, product } = head;
  const inputs = model.initializers.get(weight)?.dims[isTransposed ? 1 : 0] ?? 0;
  const tensors = new Map([[weight, drawWeight({ inputs, classes, isTransposed, seed })]]);
  if (bias !== '') tensors.set(bias, { type: 'float32', dims: [classes], data: new Float32Array(classes) });
  const gone = findDependents(nodes, { product, logits });
  const kept = nodes.filter(({ outputs }) => !outputs.some((output) => gone.has(output)));
  return rewriteModel(model, {
    nodes: kept,
    tensors,
    graph: describeOutputs(model, { logits, classes, gone: new Set([...gone, product]) }),
  });
}

/** Names of all that is computed of logits, or of their product before a bias is added. */
function findDependents(
  nodes: readonly GraphNode[],
  { product, logits }: { product: string; logits: string },
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodes) {
    const reads = listReads(node).some((name) => name === product || name === logits || found.has(name));
    if (reads && !node.outputs.includes(logits))
      for (const output of node.outputs) if (output !== '') found.add(output);
  }
  return found;
}

interface Head {
  readonly weight: string;
  /** '' where there is none. */
  readonly bias: string;
  /** Whether the weight is [outputs, inputs]. */
  readonly isTransposed: boolean;
  /** What it gives, before a bias that is added by a node of its own. */
  readonly product: string;
}

/** The linear layer that makes a value, where nothing else reads its weights. */
function findHead({ initializers }: OnnxModel, nodes: readonly GraphNode[], logits: string): Head | undefined {
  const isOwn = (name: string, rank: number) => {
    const tensor = initializers.get(name);
    const reads = nodes.reduce((sum, { inputs }) => sum + inputs.filter((one) => one === name).length, 0);
    return tensor?.type === 'float32' && tensor.dims.length === rank && reads === 1;
  };
  const node = findMaker(nodes, logits);
  const [, weight = '', bias = ''] = node?.inputs ?? [];
  if (node?.op === 'Gemm' && isOwn(weight, 2) && (bias === '' || isOwn(bias, 1)))
    return { weight, bias, isTransposed: getNumber(node, 'transB', 0) === 1, product: logits };
  if (node?.op === 'MatMul' && isOwn(weight, 2)) return { weight, bias: '', isTransposed: false, product: logits };
  if (node?.op !== 'Add') return undefined;
  const added = node.inputs.find((name) => isOwn(name, 1));
  const product = node.inputs.map((name) => findMaker(nodes, name)).find((one) => one?.op === 'MatMul');
  const [, factor = ''] = product?.inputs ?? [];
  if (added === undefined || !isOwn(factor, 2)) return undefined;
  return { weight: factor, bias: added, isTransposed: false, product: product?.outputs[0] ?? '' };
}

function appendHead(
  model: OnnxModel,
  { nodes, classes, seed }: HeadOptions & { nodes: readonly GraphNode[] },
): OnnxModel {
  const { source, graph, initializers } = model;
  const [output] = graph.output ?? [];
  const [, features, ...more] = output?.type?.tensorType?.shape?.dim ?? [];
  if (features?.dimValue === undefined || more.length > 0)
    throw new ModelError(source, `its output "${output?.name ?? ''}" is no [batch, features], which a new head needs`, {
      hint: 'export it with a pooled output, as the last layer of a classifier has',
    });
  const inputs = (graph.input ?? []).map(({ name = '' }) => ({ name, type: 'float32' as const, dims: [] }));
  const builder = new GraphBuilder(0, listNames({ inputs, initializers, nodes }));
  const [weight, bias] = ['head.weight', 'head.bias'];
  if (initializers.has(weight) || initializers.has(bias))
    throw new ModelError(source, `it has a tensor "${weight}" that is not its last layer`);
  const logits = builder.add('Gemm', [output?.name ?? '', weight, bias], { transB: int(1) });
  const tensors = new Map<string, Tensor>([
    [weight, drawWeight({ inputs: features.dimValue, classes, isTransposed: true, seed })],
    [bias, { type: 'float32', dims: [classes], data: new Float32Array(classes) }],
  ]);
  return rewriteModel(model, {
    nodes: [...nodes, ...builder.nodes],
    tensors,
    graph: describeOutputs(model, { logits, classes, gone: new Set() }),
  });
}

/** The last node that makes a value. */
function findMaker(nodes: readonly GraphNode[], name: string): GraphNode | undefined {
  return nodes.findLast(({ outputs, domain }) => domain === '' && outputs.includes(name));
}

function drawWeight(layer: { inputs: number; classes: number; isTransposed: boolean; seed: number }): Tensor {
  const { inputs, classes, isTransposed, seed } = layer;
  const data = new Float32Array(classes * inputs);
  drawDefault(inputs)(data, createRandom(seed));
  return { type: 'float32', dims: isTransposed ? [classes, inputs] : [inputs, classes], data };
}

/** Outputs with another first one: the logits. What the file told of that value goes, and what is gone. */
function describeOutputs(
  { graph }: OnnxModel,
  { logits, classes, gone }: { logits: string; classes: number; gone: ReadonlySet<string> },
) {
  const [output, ...others] = graph.output ?? [];
  const isLeft = ({ name = '' }: ValueInfoMessage) => name !== logits && !gone.has(name);
  const dim = [output?.type?.tensorType?.shape?.dim?.[0] ?? {}, { dimValue: classes }];
  const first: ValueInfoMessage = { name: logits, type: { tensorType: { elemType: 1, shape: { dim } } } };
  return { output: [first, ...others.filter(isLeft)], valueInfo: (graph.valueInfo ?? []).filter(isLeft) };
}
