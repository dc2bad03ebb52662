import { tensor } from './attributes.ts';
import type { GraphNode } from './graph.ts';
import type { OnnxModel } from './model.ts';
import { readNodes, rewriteModel } from './rewrite-model.ts';

/** Of each column of an input. */
export interface ColumnMoments {
  readonly mean: Float32Array;
  /** Above 0. */
  readonly deviation: Float32Array;
}

/**
 * The model with (input - mean) / deviation in the place of an input's columns. Both are constants of the graph: training leaves
 * them alone, and whoever runs the model gives it what it was given before.
 */
export function standardizeInput(model: OnnxModel, input: string, { mean, deviation }: ColumnMoments): OnnxModel {
  const names = {
    mean: `${input}.mean`,
    factor: `${input}.factor`,
    centred: `${input}.centred`,
    value: `${input}.standard`,
  };
  const inverse = deviation.map((value) => 1 / value);
  const nodes: GraphNode[] = [
    createConstant(names.mean, mean),
    createConstant(names.factor, inverse),
    createNode('Sub', [input, names.mean], names.centred),
    createNode('Mul', [names.centred, names.factor], names.value),
  ];
  const others = readNodes(model).map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === input ? names.value : name)),
  }));
  return rewriteModel(model, { nodes: [...nodes, ...others] });
}

function createConstant(name: string, data: Float32Array): GraphNode {
  const value = tensor({ type: 'float32', dims: [data.length], data });
  return { ...createNode('Constant', [], name), attributes: { value } };
}

function createNode(op: string, inputs: readonly string[], output: string): GraphNode {
  return { op, domain: '', name: output, inputs, outputs: [output], attributes: {} };
}
