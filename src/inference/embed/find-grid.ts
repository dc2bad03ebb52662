import type { Graph, GraphNode } from '../../onnx/graph.ts';

/**
 * Tokens that a transformer cuts a square picture into: its first convolution of three channels, whose step is its kernel.
 * Undefined where there is none.
 */
export function countGridTokens(graph: Graph, side: number): number | undefined {
  for (const node of graph.nodes) {
    if (node.op !== 'Conv') continue;
    const [, channels, height = 0, width = 0] = graph.initializers.get(node.inputs[1] ?? '')?.dims ?? [];
    if (channels !== 3) continue;
    const [down, right] = readSteps(node);
    if (down !== height || right !== width || height < 2) return undefined;
    return Math.floor(side / height) * Math.floor(side / width);
  }
  return undefined;
}

function readSteps({ attributes }: GraphNode): readonly number[] {
  const strides = attributes['strides'];
  return strides?.kind === 'ints' ? strides.value : [1, 1];
}
