import { createRandom, mixSeeds } from '../../../utils/random.ts';
import { int } from '../../attributes.ts';
import { unsqueeze } from '../../emit.ts';
import { GraphBuilder } from '../../graph-builder.ts';
import type { ValueInfoMessage } from '../../model/messages.ts';
import type { Tensor } from '../../model/tensor.ts';
import type { OnnxModel } from '../../model.ts';
import { listNames, readNodes, rewriteModel } from '../../rewrite-model.ts';
import { drawDefault } from '../initialize.ts';
import { createConstant, OPSET } from '../weighted-graph.ts';
import { EMBEDDING, LOGITS, SCORES } from './bag-graph.ts';

export const INSTANCE_LOSS = 'instance_loss';
/** The bag's target once more, [1, classes]: whose instances are looked at. */
export const INSTANCE_TARGET = 'instance_target';
/** Begins the names of weights that only training has. */
const CLASSIFIERS = 'instance_classifiers.';

export interface InstanceLossOptions {
  /** Instances with the highest, and as many with the lowest attention. */
  readonly k: number;
  readonly classes: number;
  readonly hidden: number;
  /** Of the weights. */
  readonly seed: number;
}

/** ONNX's number of float32. */
const FLOAT = 1;
/** With the seed of the model itself, its first weights are not drawn once more. */
const DRAWN_APART = 1;

/** Whether a weight is that of a classifier of instances, which the model's own file does not have. */
export function isInstanceClassifier(name: string): boolean {
  return name.startsWith(CLASSIFIERS);
}

/**
 * The model with CLAM's loss of instances (M. Y. Lu et al., 2021, "instance-level clustering") as a second output, one number. Each
 * class has a classifier of two logits. That of the bag's class is told that the k instances of highest attention belong to it, and
 * the k of lowest do not: the mean of 2k cross-entropies. A bag of fewer than 2k has half of its instances in each; where their
 * number is odd the middle one is left out, and a bag of one instance has no such loss. With a soft target classes count by their
 * share. No gradient flows through the choice.
 */
export function addInstanceLoss(model: OnnxModel, options: InstanceLossOptions): OnnxModel {
  const nodes = readNodes(model);
  const inputs = (model.graph.input ?? []).map(({ name = '' }) => ({ name, type: 'float32' as const, dims: [] }));
  const taken = [...listNames({ inputs, initializers: model.initializers, nodes }), INSTANCE_LOSS, INSTANCE_TARGET];
  const builder = new GraphBuilder(OPSET, taken);
  const weights = createClassifiers(options);
  addLoss(builder, options);
  const added = [...[...builder.constants].map(createConstant), ...builder.nodes];
  const input = [...(model.graph.input ?? []), describe(INSTANCE_TARGET, [1, options.classes])];
  const kept = (model.graph.output ?? []).filter(({ name }) => name === LOGITS);
  return rewriteModel(model, {
    nodes: [...nodes, ...added],
    tensors: weights,
    graph: { ...model.graph, input, output: [...kept, { name: INSTANCE_LOSS }] },
  });
}

/** Begin as torch's linear layers do. */
function createClassifiers({ classes, hidden, seed }: InstanceLossOptions): Map<string, Tensor> {
  const weights = new Map<string, Tensor>();
  const add = (name: string, dims: readonly number[]) => {
    const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
    drawDefault(hidden)(data, createRandom(mixSeeds(seed, DRAWN_APART, weights.size)));
    weights.set(name, { type: 'float32', dims, data });
  };
  for (let index = 0; index < classes; index++) {
    add(`${CLASSIFIERS}${index}.weight`, [2, hidden]);
    add(`${CLASSIFIERS}${index}.bias`, [2]);
  }
  return weights;
}

function addLoss(builder: GraphBuilder, { k, classes }: InstanceLossOptions): void {
  const { count, half } = addCounts(builder, k);
  const rows = builder.add('Gather', [EMBEDDING, addChoice(builder, { count, half })], { axis: int(0) });
  const own = Array.from({ length: classes }, (_, index) => addMargin(builder, rows, index));
  const margins = builder.add('Concat', own, { axis: int(1) });
  // Cross-entropy of two logits: softplus of the other one minus the right one.
  const losses = builder.add('Softplus', [builder.add('Mul', [addSigns(builder, half), margins])]);
  const means = builder.add('ReduceMean', [losses], { axes: { kind: 'ints', value: [0] }, keepdims: int(1) });
  const ofClasses = builder.add('Mul', [means, INSTANCE_TARGET]);
  const total = builder.add('ReduceSum', [ofClasses, builder.ints([0, 1])], { keepdims: int(0) });
  const others = builder.add('Sub', [count, builder.scalar(1, 'int64')]);
  const counts = builder.add('Min', [others, builder.scalar(1, 'int64')]);
  builder.add('Mul', [total, builder.add('Cast', [counts], { to: int(FLOAT) })]);
  builder.nameLast(INSTANCE_LOSS);
}

/** How many instances there are, and how many of them are one end of the order (a list of that one number). */
function addCounts(builder: GraphBuilder, k: number): { count: string; half: string } {
  const count = builder.add('Gather', [builder.add('Shape', [SCORES]), builder.scalar(0, 'int64')]);
  const halves = builder.add('Div', [count, builder.scalar(2, 'int64')]);
  const most = builder.add('Min', [halves, builder.scalar(k, 'int64')]);
  return { count, half: unsqueeze(builder, builder.add('Max', [most, builder.scalar(1, 'int64')]), [0]) };
}

/** Indices of both ends of the order by score, highest first. One order for both: with equal scores none would be in both. */
function addChoice(builder: GraphBuilder, { count, half }: { count: string; half: string }): string {
  const scores = builder.add('Reshape', [SCORES, builder.ints([-1])]);
  const [, order = ''] = builder.addMany('TopK', [scores, unsqueeze(builder, count, [0])], { outputs: 2 });
  const start = builder.ints([0]);
  const top = builder.add('Slice', [order, start, half]);
  const bottom = builder.add('Slice', [order, builder.add('Neg', [half]), builder.ints([Number.MAX_SAFE_INTEGER])]);
  return builder.add('Concat', [top, bottom], { axis: int(0) });
}

/** By how much a class's classifier takes each row for an instance of it, [rows, 1]. */
function addMargin(builder: GraphBuilder, rows: string, index: number): string {
  const layer = [rows, `${CLASSIFIERS}${index}.weight`, `${CLASSIFIERS}${index}.bias`];
  const logits = builder.add('Gemm', layer, { transB: int(1) });
  return builder.add('MatMul', [logits, builder.tensor('float32', [2, 1], [-1, 1])]);
}

/** -1 for the rows of highest attention, 1 for those of lowest, [rows, 1]. */
function addSigns(builder: GraphBuilder, half: string): string {
  const dims = builder.add('Concat', [half, builder.ints([1])], { axis: int(0) });
  const ends = [-1, 1].map((sign) => builder.add('Expand', [builder.scalar(sign), dims]));
  return builder.add('Concat', ends, { axis: int(0) });
}

function describe(name: string, dims: readonly number[]): ValueInfoMessage {
  const shape = { dim: dims.map((dimValue) => ({ dimValue })) };
  return { name, type: { tensorType: { elemType: FLOAT, shape } } };
}
