import { type GraphNode, listReads } from './graph.ts';

/**
 * The nodes in the order that lets onnxruntime free memory early. It runs a graph from its ends: of the nodes whose results no
 * other node reads it takes the last one of the file first, with all that one needs. So the ends are put last and in reverse:
 * each gradient of a weight is then computed as soon as it can be, and what it was made of need not be kept until all are.
 */
export function orderNodes(nodes: readonly GraphNode[]): GraphNode[] {
  const read = new Set(nodes.flatMap(listReads));
  const isEnd = ({ outputs }: GraphNode) => !outputs.some((name) => read.has(name));
  return [...nodes.filter((node) => !isEnd(node)), ...nodes.filter(isEnd).reverse()];
}
