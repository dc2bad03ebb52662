// Attention over the instances of a bag (M. Ilse et al., 2018), as an ONNX file: [instances, features] to [1, classes].
import { encodeModel } from '../../../dist/onnx/model.js';
import { writeGraph } from '../../../dist/onnx/write-graph.js';

const OPSET = 17;

/** @returns the file's bytes; the weights are waves of the size that linear layers begin with */
export function createAbmil({ features, attention, classes }) {
  const tensors = new Map();
  const addWeight = (name, dims, inputs) => {
    const count = dims.reduce((product, size) => product * size, 1);
    const phase = tensors.size;
    const data = Float32Array.from({ length: count }, (_, at) => Math.sin(1.7 * at + phase) / Math.sqrt(inputs));
    tensors.set(name, { type: 'float32', dims, data });
    return name;
  };
  const addLayer = (name, columns, inputs) => [
    addWeight(`${name}.weight`, [columns, inputs], inputs),
    addWeight(`${name}.bias`, [columns], inputs),
  ];
  const node = (op, inputs, output, attributes = {}) => {
    return { op, domain: '', name: output, inputs, outputs: [output], attributes };
  };
  const rows = { transB: { kind: 'int', value: 1 } };
  const nodes = [
    node('Gemm', ['bag', ...addLayer('hidden', attention, features)], 'projected', rows),
    node('Tanh', ['projected'], 'bent'),
    node('Gemm', ['bent', ...addLayer('score', 1, attention)], 'scores', rows),
    node('Transpose', ['scores'], 'row', { perm: { kind: 'ints', value: [1, 0] } }),
    node('Softmax', ['row'], 'attention', { axis: { kind: 'int', value: 1 } }),
    node('MatMul', ['attention', 'bag'], 'slide'),
    node('Gemm', ['slide', ...addLayer('head', classes, features)], 'logits', rows),
  ];
  const inputs = [{ name: 'bag', type: 'float32', dims: ['instances', features] }];
  return Buffer.concat(encodeModel(writeGraph({ opset: OPSET, inputs, outputs: ['logits'], tensors, nodes })));
}
