import type { Attributes, GraphNode } from '../../src/onnx/graph.ts';
import { joinChunks } from '../../src/onnx/model/encode-message.ts';
import type { Tensor } from '../../src/onnx/model/tensor.ts';
import { encodeModel } from '../../src/onnx/model.ts';
import { writeGraph } from '../../src/onnx/write-graph.ts';

export interface TinyModel {
  /** Operator, inputs, outputs, attributes. */
  readonly nodes: readonly (readonly [string, readonly string[], readonly string[], Attributes?])[];
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly tensors?: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[];
  /** What the file says of the shape of its first output, as exporters do. */
  readonly outputDims?: readonly (number | string)[];
  readonly opset?: number;
}

/** The bytes of a small model; its input `x` is [batch, 3] and its output `y`, unless said otherwise. */
export function createTinyModel(model: TinyModel): Uint8Array {
  const { inputs = { x: ['batch', 3] }, tensors = {}, outputs = ['y'], opset = 17 } = model;
  const nodes = model.nodes.map(
    ([op, from, to, attributes = {}]): GraphNode => ({
      ...{ op, domain: '', name: `${op} of ${to[0]}`, attributes },
      inputs: from,
      outputs: to,
    }),
  );
  const message = writeGraph({
    opset,
    nodes,
    outputs,
    inputs: Object.entries(inputs).map(([name, dims]) => ({ name, type: 'float32', dims })),
    tensors: new Map(Object.entries(tensors)),
  });
  const { graph } = message;
  if (!model.outputDims || !graph) return joinChunks(encodeModel(message));
  const dim = model.outputDims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  const [first, ...others] = graph.output ?? [];
  const described = { ...first, type: { tensorType: { elemType: 1, shape: { dim } } } };
  return joinChunks(encodeModel({ ...message, graph: { ...graph, output: [described, ...others] } }));
}

/** A float32 tensor with values of a fixed pattern in (-1, 1). */
export function createPattern(...dims: number[]): Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length: count }, (_, at) => Math.sin(at * 1.7 + count)) };
}
