import { addLinear, type Rows } from '../layers.ts';
import { addGatedScores, addShares, addWeightedSum } from './attention.ts';
import { BagGraph, type BagOptions, EMBEDDING, SCORES } from './bag-graph.ts';
import { addLayer, applyLayer } from './head.ts';

/** The layer from a bag to its logits: [classes, hidden]. */
export const CLASSIFIER = 'classifiers';

/** Names of the other weights, as in the state_dict of CLAM's networks. */
const NAMES = {
  first: 'attention_net.0',
  attention: {
    a: 'attention_net.3.attention_a.0',
    b: 'attention_net.3.attention_b.0',
    c: 'attention_net.3.attention_c',
  },
};

/**
 * CLAM with a single branch (M. Y. Lu et al., 2021): a layer that all instances go through, gated attention over what it gives, and
 * one linear layer on the weighted sum. Its classifiers of instances are a part of training alone (`addInstanceLoss`).
 */
export function createClamSb(options: BagOptions): Uint8Array {
  const graph = new BagGraph(options);
  const { hidden, classes } = options;
  const { value } = addLinear(graph, graph.features, { name: NAMES.first, columns: hidden });
  const rows: Rows = { value: graph.drop(graph.add('Relu', [value])), columns: hidden };
  const scores = addGatedScores(graph, rows, NAMES.attention);
  const shares = addShares(graph, scores);
  const bag = addWeightedSum(graph, shares, rows);
  const layer = addLayer(graph, CLASSIFIER, [classes, hidden]);
  return graph.finish({
    logits: applyLayer(graph, bag.value, layer),
    attention: graph.reshape(shares, [-1]),
    instanceLogits: applyLayer(graph, rows.value, layer),
    named: new Map([
      [EMBEDDING, rows.value],
      [SCORES, scores],
    ]),
  });
}
