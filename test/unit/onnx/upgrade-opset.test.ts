import { expect, it } from 'vitest';
import { float, int, ints, text } from '../../../src/onnx/attributes.ts';
import type { Attributes } from '../../../src/onnx/graph.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { decodeModel, type OnnxModel } from '../../../src/onnx/model.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { readGraph } from '../../../src/onnx/read-graph.ts';
import { getOpset, upgradeOpset } from '../../../src/onnx/upgrade-opset.ts';
import { ModelError, OperatorError } from '../../../src/utils/errors.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

const DIMS = [2, 3, 4, 6];
const scales: Tensor = { type: 'float32', dims: [4], data: Float32Array.of(1, 1, 2, 3) };
const channel = (value: number): Tensor => ({ type: 'float32', dims: [3], data: new Float32Array(3).fill(value) });
const statistics = { scale: createPattern(3), bias: createPattern(3), mean: channel(0.1), variance: channel(2) };

/** Operator, opset of the file, attributes, tensors behind `x`, outputs, and the opset-13 operators that say the same. */
const CASES: readonly [
  string,
  number,
  Attributes,
  Readonly<Record<string, Tensor>>,
  readonly string[],
  readonly string[],
][] = [
  ['Squeeze', 9, { axes: ints([0]) }, {}, ['y'], ['Squeeze']],
  ['Unsqueeze', 12, { axes: ints([1, 3]) }, {}, ['y'], ['Unsqueeze']],
  ['ReduceSum', 12, { axes: ints([1, -1]), keepdims: int(0) }, {}, ['y'], ['ReduceSum']],
  ['ReduceSum', 9, {}, {}, ['y'], ['ReduceSum']],
  ['Split', 12, { axis: int(3), split: ints([1, 5]) }, {}, ['y', 'z'], ['Split']],
  ['Split', 9, { axis: int(3) }, {}, ['y', 'z'], ['Split']],
  ['Slice', 9, { starts: ints([1, -5]), ends: ints([99, -1]), axes: ints([2, 3]) }, {}, ['y'], ['Slice']],
  ['Slice', 9, { starts: ints([0, 1]), ends: ints([1, 3]) }, {}, ['y'], ['Slice']],
  ['Pad', 10, { pads: ints([0, 0, 1, 2, 0, 0, 0, 1]), value: float(0.5) }, {}, ['y'], ['Pad']],
  ['Pad', 10, { pads: ints([0, 0, 1, 2, 0, 0, 0, 1]), mode: text('reflect') }, {}, ['y'], ['Pad']],
  ['Clip', 10, { min: float(-0.25), max: float(0.5) }, {}, ['y'], ['Clip']],
  ['Clip', 7, { max: float(0.5) }, {}, ['y'], ['Clip']],
  ['TopK', 9, { k: int(2), axis: int(1) }, {}, ['y', 'z'], ['TopK']],
  ['Dropout', 11, { ratio: float(0.9) }, {}, ['y'], ['Dropout']],
  ['Softmax', 12, {}, {}, ['y'], ['Flatten', 'Softmax', 'Shape', 'Reshape']],
  ['Softmax', 12, { axis: int(-1) }, {}, ['y'], ['Softmax']],
  ['Softmax', 12, { axis: int(3) }, {}, ['y'], ['Softmax']],
  ['LogSoftmax', 9, { axis: int(2) }, {}, ['y'], ['Flatten', 'LogSoftmax', 'Shape', 'Reshape']],
  ['Upsample', 9, {}, { scales }, ['y'], ['Resize']],
  ['Upsample', 7, { scales: { kind: 'floats', value: [1, 1, 2, 2] }, mode: text('linear') }, {}, ['y'], ['Resize']],
  ['Resize', 10, { mode: text('linear') }, { scales }, ['y'], ['Resize']],
  ['Resize', 10, {}, { scales }, ['y'], ['Resize']],
  ['BatchNormalization', 7, { epsilon: float(1e-3), spatial: int(1) }, statistics, ['y'], ['BatchNormalization']],
  ['PRelu', 9, {}, { slope: createPattern(3, 1, 1) }, ['y'], ['PRelu']],
];

it.each(CASES)('%s of opset %d, %j', async (op, opset, attributes, tensors, outputs, expected) => {
  const dims = op === 'Squeeze' ? [1, 3] : DIMS;
  const model = decodeModel(
    createTinyModel({
      ...{ opset, tensors, outputs, inputs: { x: dims } },
      nodes: [[op, ['x', ...Object.keys(tensors)], outputs, attributes]],
    }),
  );
  const upgraded = upgradeOpset(model);
  expect(getOpset(upgraded)).toBe(13);
  expect(readGraph(upgraded).nodes.map((node) => node.op)).toEqual(expected);
  const x = createPattern(...dims);
  expect(await run(upgraded, x)).toEqual(await run(model, x));
});

it('a rank that only a Gemm tells keeps the softmax as it is', () => {
  const model = decodeModel(
    createTinyModel({
      opset: 9,
      nodes: [
        ['Gemm', ['x', 'w', 'b'], ['h']],
        ['Softmax', ['h'], ['y']],
      ],
      tensors: { w: createPattern(3, 2), b: createPattern(2) },
    }),
  );
  expect(readGraph(upgradeOpset(model)).nodes.map((node) => node.op)).toEqual(['Gemm', 'Softmax']);
});

it('a model of opset 13 is returned itself', () => {
  const model = decodeModel(createTinyModel({ opset: 13, nodes: [['Relu', ['x'], ['y']]] }));
  expect(upgradeOpset(model)).toBe(model);
});

it.each([
  ['RoiAlign', 10, {}, 'nothing is known of how it changed'],
  ['BatchNormalization', 8, { spatial: int(0) }, 'spatial=0'],
  ['Resize', 10, {}, 'nearest with scales'],
] as const)('refuses %s of opset %d, %j', (op, opset, attributes, message) => {
  const small: Tensor = { type: 'float32', dims: [4], data: Float32Array.of(1, 1, 0.5, 0.5) };
  const model = decodeModel(
    createTinyModel({ opset, nodes: [[op, ['x', 'w'], ['y'], attributes]], tensors: { w: small } }),
  );
  expect(() => upgradeOpset(model)).toThrow(OperatorError);
  expect(() => upgradeOpset(model)).toThrow(message);
});

it('refuses what is older than broadcasting', () => {
  const model = decodeModel(createTinyModel({ opset: 6, nodes: [['Relu', ['x'], ['y']]] }));
  expect(() => upgradeOpset(model)).toThrow(ModelError);
});

async function run(model: OnnxModel, x: Tensor) {
  await using forward = await openForward(model, { optimization: 'disabled' });
  return await forward.run(new Map([['x', x]]));
}
