/** Scores of instances, and what becomes of them (M. Ilse, J. Tomczak & M. Welling, 2018, equations 8 and 9). */
import { int } from '../../attributes.ts';
import { drawDefault } from '../initialize.ts';
import { addLinear, type Rows } from '../layers.ts';
import type { BagGraph } from './bag-graph.ts';

/** Names of the layers: `<name>a` before tanh, `<name>b` before the gate's sigmoid, `<name>c` to the score. */
export interface AttentionNames {
  readonly a: string;
  readonly b: string;
  readonly c: string;
}

/** w . tanh(V h + b), one number each: [instances, 1]. A bias of w would move all scores alike, and softmax takes that away. */
export function addScores(graph: BagGraph, rows: Rows, { a, c }: Omit<AttentionNames, 'b'>): string {
  const { attention } = graph.options;
  const bent = graph.add('Tanh', [addLinear(graph, rows, { name: a, columns: attention }).value]);
  const weight = graph.addWeight(`${c}.weight`, [1, attention], drawDefault(attention));
  return graph.add('Gemm', [graph.drop(bent), weight], { name: c, attributes: { transB: int(1) } });
}

/** w . (tanh(V h + b) * sigmoid(U h + c)) + w0, one number each: [instances, 1]. */
export function addGatedScores(graph: BagGraph, rows: Rows, { a, b, c }: AttentionNames): string {
  const { attention } = graph.options;
  const bent = graph.add('Tanh', [addLinear(graph, rows, { name: a, columns: attention }).value]);
  const gate = graph.add('Sigmoid', [addLinear(graph, rows, { name: b, columns: attention }).value]);
  const value = graph.add('Mul', [graph.drop(bent), graph.drop(gate)]);
  return addLinear(graph, { value, columns: attention }, { name: c, columns: 1 }).value;
}

/**
 * Shares by softmax over the instances, [1, instances].
 * @param scores [instances, 1]
 */
export function addShares(graph: BagGraph, scores: string): string {
  return graph.add('Softmax', [graph.reshape(scores, [1, -1])], { attributes: { axis: int(1) } });
}

/** The bag: rows added up by their shares, [1, columns]. */
export function addWeightedSum(graph: BagGraph, shares: string, { value, columns }: Rows): Rows {
  return { value: graph.add('MatMul', [shares, value]), columns };
}

/** 0 for each instance, [instances, 1], without a look at its values. */
export function addEqualScores(graph: BagGraph): string {
  const shape = graph.add('Shape', [graph.features.value], { attributes: { start: int(0), end: int(1) } });
  const dims = graph.add('Concat', [shape, graph.ints([1])], { attributes: { axis: int(0) } });
  return graph.add('Expand', [graph.scalar(0), dims]);
}
