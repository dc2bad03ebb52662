import { expect, it } from 'vitest';
import { float, int, tensor } from '../../../src/onnx/attributes.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { openTrainStep } from '../../../src/onnx/train-step.ts';
import { ModelError } from '../../../src/utils/errors.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

const LOSS = { kind: 'mean-squared-error' } as const;
const vector = (...values: number[]): Tensor => ({
  type: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

it('a batch normalisation that is used twice renews its statistics twice', async () => {
  const attributes = { training_mode: int(1), momentum: float(0.9), epsilon: float(1e-5) };
  const model = createTinyModel({
    nodes: [
      ['BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['n', 'm1', 'v1'], attributes],
      ['Mul', ['n', 'three'], ['h']],
      ['BatchNormalization', ['h', 's', 'b', 'm', 'v'], ['y', 'm2', 'v2'], attributes],
    ],
    tensors: {
      ...{ s: vector(1, 2, 1), b: vector(0, 1, 2), m: vector(4, 0, -4), v: vector(1, 2, 3), three: vector(3, 3, 3) },
    },
  });
  await using step = await openTrainStep(model, { loss: LOSS, trained: ['s', 'b'] });
  const x = createPattern(5, 3);
  const { statistics } = await step.step({
    inputs: new Map([['x', x]]),
    target: createPattern(5, 3),
    weights: step.createWeights(),
  });
  for (const c of [0, 1, 2]) {
    const column = [0, 1, 2, 3, 4].map((row) => Number(x.data[row * 3 + c]));
    const mean = column.reduce((sum, one) => sum + one, 0) / 5;
    const variance = column.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 5;
    const scale = [1, 2, 1][c]!;
    const second = { mean: 3 * [0, 1, 2][c]!, variance: 9 * scale ** 2 * (variance / (variance + 1e-5)) };
    const unbiased = 5 / 4;
    const run = (start: number, one: number, other: number) => 0.9 * (0.9 * start + 0.1 * one) + 0.1 * other;
    expect(statistics.get('m')![c]).toBeCloseTo(run([4, 0, -4][c]!, mean, second.mean), 5);
    expect(statistics.get('v')![c]).toBeCloseTo(run([1, 2, 3][c]!, variance * unbiased, second.variance * unbiased), 5);
  }
});

it('a power of 0 has the slope 0 by an exponent of 0, as in torch', async () => {
  const model = createTinyModel({
    inputs: { x: ['batch', 4] },
    nodes: [
      ['Constant', [], ['p'], { value: tensor(vector(0, 1, 3, 2)) }],
      ['Pow', ['w', 'p'], ['powers']],
      ['Add', ['x', 'powers'], ['y']],
    ],
    tensors: { w: vector(0, 0, 0, 2) },
  });
  await using step = await openTrainStep(model, { loss: LOSS });
  const inputs = new Map([['x', { ...createPattern(1, 4), data: new Float32Array(4) }]]);
  const target = { ...createPattern(1, 4), data: Float32Array.of(2, -1, 1, 5) };
  const { gradients } = await step.step({ inputs, target, weights: step.createWeights() });
  // (y - target) / 2 times the slope
  expect([...gradients.get('w')!]).toEqual([-0, 0.5, -0, -2]);
});

it('outputs that never vary come out as well', async () => {
  const model = createTinyModel({
    nodes: [
      ['Constant', [], ['labels'], { value: tensor(vector(1, 2)) }],
      ['Shape', ['w'], ['size']],
      ['MatMul', ['x', 'w'], ['y']],
    ],
    outputs: ['y', 'labels', 'size'],
    tensors: { w: createPattern(3, 2) },
  });
  await using step = await openTrainStep(model, { loss: LOSS });
  const batch = { inputs: new Map([['x', createPattern(4, 3)]]), target: createPattern(4, 2) };
  const { outputs } = await step.step({ ...batch, weights: step.createWeights() });
  expect([...outputs.get('labels')!.data]).toEqual([1, 2]);
  expect([...outputs.get('size')!.data]).toEqual([3n, 2n]);
});

it.each([13, 16])('RoiAlign means what its opset says: %i', async (opset) => {
  const model = createTinyModel({
    opset,
    inputs: { x: [1, 1, 4, 4] },
    nodes: [
      ['RoiAlign', ['x', 'regions', 'batches'], ['r'], { output_height: int(2), output_width: int(2) }],
      ['Flatten', ['r'], ['flat']],
      ['MatMul', ['flat', 'w'], ['y']],
    ],
    tensors: {
      regions: { type: 'float32', dims: [1, 4], data: Float32Array.of(0, 0, 3, 3) },
      batches: { type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
      w: createPattern(4, 2),
    },
  });
  const inputs = new Map([['x', createPattern(1, 1, 4, 4)]]);
  await using forward = await openForward(model);
  await using step = await openTrainStep(model, { loss: LOSS, trained: ['w'] });
  const { outputs } = await step.step({ inputs, target: createPattern(1, 2), weights: step.createWeights() });
  for (const [at, value] of (await forward.run(inputs)).get('y')!.data.entries())
    expect(Number(outputs.get('y')!.data[at])).toBeCloseTo(Number(value), 6);
});

it('a model that runs with one size of batch alone says which to give', async () => {
  const model = createTinyModel({
    inputs: { x: ['rows', 4] },
    nodes: [
      ['MatMul', ['x', 'w'], ['h']],
      ['Mul', ['h', 'w'], ['y']],
    ],
    tensors: { w: createPattern(4, 4) },
  });
  const opening = openTrainStep(model, { loss: LOSS });
  await expect(opening).rejects.toThrow(ModelError);
  await expect(opening).rejects.toHaveProperty('hint', expect.stringContaining('sizes: { "rows": ... }'));
  await using step = await openTrainStep(model, { loss: LOSS, sizes: { rows: 4 } });
  expect(step.target.dims).toEqual([4, 4]);
});
