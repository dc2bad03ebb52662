/** Bags without attention: the head of the others on means or largest values. Weights: `head.0`, `head.3`. */
import { int } from '../../attributes.ts';
import { addEqualScores, addShares, addWeightedSum } from './attention.ts';
import { BagGraph, type BagOptions } from './bag-graph.ts';
import { addHead } from './head.ts';

/** ONNX's number of float32. */
const FLOAT = 1;

/** The mean of the instances; each has the same share. */
export function createMean(options: BagOptions): Uint8Array {
  const graph = new BagGraph(options);
  const shares = addShares(graph, addEqualScores(graph));
  const head = addHead(graph, addWeightedSum(graph, shares, graph.features));
  return graph.finish({ ...head, attention: graph.reshape(shares, [-1]) });
}

/**
 * The largest value of each channel. An instance's attention is the share of channels whose largest value it holds; where several
 * hold it, they divide the channel.
 */
export function createMax(options: BagOptions): Uint8Array {
  const graph = new BagGraph(options);
  const { value, columns } = graph.features;
  const largest = graph.addColumnMax(value);
  const holds = graph.add('Cast', [graph.add('Equal', [value, largest])], { attributes: { to: int(FLOAT) } });
  const parts = graph.add('Reciprocal', [graph.addSum(holds, 0)]);
  const channels = graph.add('Gemm', [holds, parts], { attributes: { transB: int(1) } });
  const shares = graph.add('Div', [channels, graph.scalar(columns)]);
  const head = addHead(graph, { value: largest, columns });
  return graph.finish({ ...head, attention: graph.reshape(shares, [-1]) });
}
