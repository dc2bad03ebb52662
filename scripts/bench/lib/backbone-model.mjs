// A small backbone as an ONNX file: [batch, 3, side, side] to [batch, FEATURES], by three convolutions and the mean of their maps.
import { encodeModel } from '../../../dist/onnx/model.js';
import { writeGraph } from '../../../dist/onnx/write-graph.js';

export const FEATURES = 384;
const OPSET = 17;
/** Channels, side of the kernel, stride. */
const LAYERS = [
  [32, 5, 4],
  [64, 3, 2],
  [128, 3, 2],
];

/** @returns the file's bytes; the weights are waves of the size that such layers begin with */
export function createBackbone(side) {
  const tensors = new Map();
  const addWeight = (name, dims) => {
    const [count, inputs] = [dims.reduce((a, b) => a * b, 1), dims.slice(1).reduce((a, b) => a * b, 1)];
    const phase = tensors.size;
    const data = Float32Array.from({ length: count }, (_, at) => Math.sin(1.7 * at + phase) / Math.sqrt(inputs));
    tensors.set(name, { type: 'float32', dims, data });
    return name;
  };
  const node = (op, inputs, output, attributes = {}) => {
    return { op, domain: '', name: output, inputs, outputs: [output], attributes };
  };
  const both = (value) => ({ kind: 'ints', value: [value, value] });
  const nodes = [];
  let [value, channels] = ['images', 3];
  for (const [at, [wide, kernel, stride]] of LAYERS.entries()) {
    const weight = addWeight(`conv${at}.weight`, [wide, channels, kernel, kernel]);
    const settings = { kernel_shape: both(kernel), strides: both(stride) };
    nodes.push(node('Conv', [value, weight], `conv${at}`, settings), node('Relu', [`conv${at}`], `relu${at}`));
    [value, channels] = [`relu${at}`, wide];
  }
  nodes.push(node('GlobalAveragePool', [value], 'means'), node('Flatten', ['means'], 'vector'));
  const rows = { transB: { kind: 'int', value: 1 } };
  nodes.push(node('Gemm', ['vector', addWeight('head.weight', [FEATURES, channels])], 'features', rows));
  const inputs = [{ name: 'images', type: 'float32', dims: ['batch', 3, side, side] }];
  return Buffer.concat(encodeModel(writeGraph({ opset: OPSET, inputs, outputs: ['features'], tensors, nodes })));
}
