import { type GraphNode, listReads } from './graph.ts';

/**
 * Nodes of whose results something is read in the end, in their order.
 * @param outputs values that are asked for from outside
 * @returns and the names of all values that are read, `outputs` among them
 */
export function dropUnread(
  nodes: readonly GraphNode[],
  outputs: readonly string[],
): { nodes: GraphNode[]; read: ReadonlySet<string> } {
  const read = new Set(outputs);
  const kept: GraphNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => read.has(name))) continue;
    for (const name of listReads(node)) read.add(name);
    kept.push(node);
  }
  return { nodes: kept.reverse(), read };
}
