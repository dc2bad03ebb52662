import { type Graph, type GraphNode, listReads } from './graph.ts';
import type { Tensor } from './model/tensor.ts';

/**
 * The graph with known values as constants, and without the nodes that computed them or whose results nobody reads. This takes
 * away what exporters write to compute shapes. Weights are never folded into.
 */
export function foldConstants(graph: Graph, known: ReadonlyMap<string, Tensor>): Graph {
  const open = graph.nodes.filter((node) => !node.outputs.every((name) => name === '' || known.has(name)));
  const wanted = new Set(graph.outputs);
  const kept: GraphNode[] = [];
  for (const node of open.toReversed()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    for (const name of listReads(node)) wanted.add(name);
    kept.push(node);
  }
  const all = [...graph.constants, ...known];
  return { ...graph, constants: new Map(all.filter(([name]) => wanted.has(name))), nodes: kept.reverse() };
}
