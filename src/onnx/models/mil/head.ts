import { int } from '../../attributes.ts';
import { drawDefault } from '../initialize.ts';
import type { Rows } from '../layers.ts';
import type { BagGraph } from './bag-graph.ts';

/** A linear layer whose weights several values go through. */
interface Layer {
  readonly weight: string;
  readonly bias: string;
}

/** Begins as torch's linear layers do. */
export function addLayer(graph: BagGraph, name: string, [columns, inputs]: readonly [number, number]): Layer {
  const begin = drawDefault(inputs);
  return {
    weight: graph.addWeight(`${name}.weight`, [columns, inputs], begin),
    bias: graph.addWeight(`${name}.bias`, [columns], begin),
  };
}

/** x W^T + b */
export function applyLayer(graph: BagGraph, value: string, { weight, bias }: Layer): string {
  return graph.add('Gemm', [value, weight, bias], { attributes: { transB: int(1) } });
}

/**
 * Linear, ReLU, dropout, linear, with the names of a torch `Sequential` called `head`: logits of the bag [1, classes], and of each
 * instance as if it were a bag of its own [instances, classes], by the same weights and without dropout.
 */
export function addHead(graph: BagGraph, bag: Rows): { logits: string; instanceLogits: string } {
  const { hidden, classes } = graph.options;
  const first = addLayer(graph, 'head.0', [hidden, bag.columns]);
  const last = addLayer(graph, 'head.3', [classes, hidden]);
  const bend = (value: string) => graph.add('Relu', [applyLayer(graph, value, first)]);
  return {
    logits: applyLayer(graph, graph.drop(bend(bag.value)), last),
    instanceLogits: applyLayer(graph, bend(graph.features.value), last),
  };
}
