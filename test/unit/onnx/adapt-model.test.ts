import { expect, it } from 'vitest';
import { adaptModel } from '../../../src/onnx/adapt-model.ts';
import { int, ints, tensor } from '../../../src/onnx/attributes.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { decodeModel, type OnnxModel } from '../../../src/onnx/model.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { readGraph } from '../../../src/onnx/read-graph.ts';
import { ModelError } from '../../../src/utils/errors.ts';
import { createPattern, createTinyModel, type TinyModel } from '../../support/tiny-models.ts';

const int64 = (...values: number[]): Tensor => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** As exporters write it without dynamic axes: the batch of one is in the input, and in the shapes of the code. */
const FIXED: TinyModel = {
  opset: 9,
  inputs: { x: [1, 3, 4, 4] },
  nodes: [
    ['Conv', ['x', 'w'], ['c'], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) }],
    ['Constant', [], ['flat'], { value: tensor(int64(1, 5, -1)) }],
    ['Reshape', ['c', 'flat'], ['r']],
    ['ReduceMean', ['r'], ['m'], { axes: ints([2]), keepdims: int(0) }],
    // A weight with a first side of 1 has no batch.
    ['Reshape', ['g', 'row'], ['gain']],
    ['Mul', ['m', 'gain'], ['z']],
    ['Reshape', ['z', 'row'], ['y']],
  ],
  tensors: { w: createPattern(5, 3, 3, 3), g: createPattern(5), row: int64(1, 5) },
};

it('a fixed batch is freed, in shapes too, and an old opset brought up; the results stay', async () => {
  const model = decodeModel(createTinyModel(FIXED));
  const told: string[] = [];
  const say = (message: string) => void told.push(message);
  const logger = { debug: say, info: say, notice: say, warn: say, error: say };
  const adapted = await adaptModel(model, { side: 8, logger });
  expect(told).toEqual([expect.stringMatching(/from opset 9 to 13, its batch of 1 made free/)]);
  const { inputs, opset } = readGraph(adapted);
  expect(inputs[0]?.dims).toEqual(['batch', 3, 4, 4]);
  expect(opset).toBeGreaterThanOrEqual(13);
  const x = createPattern(3, 3, 4, 4);
  const whole = await run(adapted, x);
  for (const row of [0, 1, 2]) {
    const data = (x.data as Float32Array).slice(row * 48, row * 48 + 48);
    const alone = await run(model, { type: 'float32', dims: [1, 3, 4, 4], data });
    for (const [at, value] of alone.entries()) expect(whole[row * 5 + at]).toBeCloseTo(value, 5);
  }
});

it('a model as it should be is returned itself, and not run', async () => {
  const model = decodeModel(createTinyModel({ nodes: [['Nonsense', ['x'], ['y']]] }));
  expect(await adaptModel(model, { side: 8 })).toBe(model);
});

it('what the batch is fixed by besides is named', async () => {
  const nodes = [
    ['Reshape', ['x', 'heads'], ['h']],
    ['ReduceMean', ['h'], ['y'], { axes: ints([1]), keepdims: int(0) }],
  ] as const;
  const model = decodeModel(
    createTinyModel({ opset: 11, inputs: { x: [1, 6, 4] }, nodes, tensors: { heads: int64(3, 2, 4) } }),
  );
  const refusal = adaptModel(model, { side: 8 });
  await expect(refusal).rejects.toThrow(/works with a batch of 1 alone.*Reshape/);
  await expect(refusal).rejects.toMatchObject({ hint: expect.stringContaining('"Reshape of h" [3, 2, 4]') });
});

it('shapes that fit while pictures are mixed are found by the values', async () => {
  const nodes = [
    ['Transpose', ['x'], ['t'], { perm: ints([1, 0, 2]) }],
    ['Reshape', ['t', 'flat'], ['y']],
  ] as const;
  const model = decodeModel(
    createTinyModel({ opset: 11, inputs: { x: [1, 6, 4] }, nodes, tensors: { flat: int64(1, 24) } }),
  );
  await expect(adaptModel(model, { side: 8 })).rejects.toThrow(ModelError);
  await expect(adaptModel(model, { side: 8 })).rejects.toThrow(/output "y" is another with a batch other than 1/);
});

it('a NaN is a difference, whatever comes after it', async () => {
  // sqrt(1 - rows) of the first column: 0 for the model's batch of 1, NaN for another.
  const nodes = [
    ['Mul', ['x', 'zero'], ['zeros']],
    ['Add', ['zeros', 'first'], ['ones']],
    ['ReduceSum', ['ones'], ['rows'], { axes: ints([0]), keepdims: int(1) }],
    ['Sub', ['first', 'rows'], ['less']],
    ['Sqrt', ['less'], ['root']],
    ['Add', ['x', 'root'], ['y']],
  ] as const;
  const row = (...values: number[]): Tensor => ({ type: 'float32', dims: [3], data: Float32Array.from(values) });
  const tensors = { zero: row(0, 0, 0), first: row(1, 0, 0) };
  const model = decodeModel(createTinyModel({ opset: 11, inputs: { x: [1, 3] }, nodes, tensors }));
  await expect(adaptModel(model, { side: 8 })).rejects.toThrow(
    /another with a batch other than 1: values differ by NaN/,
  );
});

async function run(model: OnnxModel, x: Tensor): Promise<Float32Array> {
  await using forward = await openForward(model);
  return (await forward.run(new Map([['x', x]]))).get('y')?.data as Float32Array;
}
