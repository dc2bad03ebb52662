import type { Graph, GraphNode } from './graph.ts';
import { isDifferentiable } from './model/data-types.ts';

/** A tensor of the model that training changes, or reads. */
export interface Parameter {
  /** As the file names it; with torch's exporter that of the state_dict. */
  readonly name: string;
  readonly dims: readonly number[];
  /** A statistic is a running mean or variance: renewed by each step, not by the optimiser. */
  readonly kind: 'weight' | 'statistic';
}

/** Names that exporters give to tensors of their own making: they have no name in the model's code. */
const GENERATED = /^onnx::|^\d+$|^_?val_|Constant(_\d+)?_output_\d+$/;

/** Inputs by operator that are settings, even where a file stores them as tensors: single numbers, and scales of a Resize. */
const SETTINGS: Readonly<Record<string, readonly number[]>> = {
  Clip: [1, 2],
  Dropout: [1, 2],
  Pad: [2],
  Pow: [1],
  Resize: [1, 2],
};

/**
 * Tensors of numbers in the file: weights, and the running statistics of batch normalisations. In the order that the graph reads
 * them, which is that of the forward pass; some exporters sort those of the file by name.
 */
export function findParameters(graph: Graph): Parameter[] {
  const statistics = new Set(graph.nodes.filter(isBatchNormalization).flatMap((node) => node.inputs.slice(3, 5)));
  const isSetting = (node: GraphNode, input: number, name: string) =>
    SETTINGS[node.op]?.includes(input) && (node.op === 'Resize' || graph.initializers.get(name)?.dims.length === 0);
  const read = new Set(
    graph.nodes.flatMap((node) => node.inputs.filter((name, input) => !isSetting(node, input, name))),
  );
  const parameters: Parameter[] = [];
  for (const name of read) {
    const { type, dims = [] } = graph.initializers.get(name) ?? {};
    if (!isDifferentiable(type)) continue;
    // Numbers that an exporter moved out of the code are no weights; matrices under such names are, only renamed.
    if (dims.length === 0 && isGenerated(name)) continue;
    parameters.push({ name, dims, kind: statistics.has(name) ? 'statistic' : 'weight' });
  }
  return parameters;
}

/** Whether a tensor's name was made up by the exporter, so that the weight can't be told by name in the model's code. */
export function isGenerated(name: string): boolean {
  return GENERATED.test(name);
}

function isBatchNormalization(node: GraphNode): boolean {
  return node.domain === '' && node.op === 'BatchNormalization';
}
