import { dropUnread } from './drop-unread.ts';
import type { Graph } from './graph.ts';
import type { Tensor } from './model/tensor.ts';

/**
 * The graph with known values as constants, and without the nodes that computed them or whose results nobody reads. This takes
 * away what exporters write to compute shapes. Weights are never folded into.
 */
export function foldConstants(graph: Graph, known: ReadonlyMap<string, Tensor>): Graph {
  const open = graph.nodes.filter((node) => !node.outputs.every((name) => name === '' || known.has(name)));
  const { nodes, read } = dropUnread(open, graph.outputs);
  const all = [...graph.constants, ...known];
  return { ...graph, constants: new Map(all.filter(([name]) => read.has(name))), nodes };
}
