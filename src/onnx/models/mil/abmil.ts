import { addGatedScores, addScores, addShares, addWeightedSum } from './attention.ts';
import { BagGraph, type BagOptions } from './bag-graph.ts';
import { addHead } from './head.ts';

const NAMES = { a: 'attention_a', b: 'attention_b', c: 'attention_c' };

/**
 * Attention over features as they are, and a head of two layers on their weighted sum (M. Ilse et al., 2018).
 * Weights: `attention_a`, `attention_c.weight`, `head.0`, `head.3`.
 */
export function createAbmil(options: BagOptions): Uint8Array {
  const graph = new BagGraph(options);
  return finish(graph, addScores(graph, graph.features, NAMES));
}

/** The same with a gate: `attention_b`, and a bias of `attention_c`. */
export function createGatedAbmil(options: BagOptions): Uint8Array {
  const graph = new BagGraph(options);
  return finish(graph, addGatedScores(graph, graph.features, NAMES));
}

function finish(graph: BagGraph, scores: string): Uint8Array {
  const shares = addShares(graph, scores);
  const head = addHead(graph, addWeightedSum(graph, shares, graph.features));
  return graph.finish({ ...head, attention: graph.reshape(shares, [-1]) });
}
