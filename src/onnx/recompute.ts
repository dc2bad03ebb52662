import { type GraphNode, listReads } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** Operators that take one short pass over what is kept anyway. */
const CHEAP: ReadonlySet<string> = new Set(['LayerNormalization']);

/**
 * Lets gradients compute cheap values again, rather than keep them from the forward pass on: a normalised value is as large as
 * its input, which the gradient of the normalisation needs as well.
 * @param forward how many of the nodes are the forward pass
 */
export function recomputeCheap(builder: GraphBuilder, forward: number): GraphNode[] {
  const { nodes } = builder;
  const backward = nodes.slice(forward);
  const readBehind = new Set(backward.flatMap(listReads));
  const renamed = new Map<string, string>();
  const copies = nodes.slice(0, forward).flatMap((node) => {
    const [output = ''] = node.outputs;
    if (!CHEAP.has(node.op) || node.domain !== '' || !readBehind.has(output)) return [];
    const copy = builder.createName();
    renamed.set(output, copy);
    return [{ ...node, name: '', outputs: [copy] }];
  });
  const rename = (node: GraphNode) =>
    node.inputs.some((name) => renamed.has(name))
      ? { ...node, inputs: node.inputs.map((name) => renamed.get(name) ?? name) }
      : node;
  return [...nodes.slice(0, forward), ...copies, ...backward.map(rename)];
}
