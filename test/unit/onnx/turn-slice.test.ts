import { expect, it } from 'vitest';
import { ints as list } from '../../../src/onnx/attributes.ts';
import type { Tensor } from '../../../src/onnx/model/tensor.ts';
import { decodeModel } from '../../../src/onnx/model.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { prepareModel } from '../../../src/onnx/prepare-model.ts';
import { readNodes } from '../../../src/onnx/rewrite-model.ts';
import { createTrainGraph } from '../../../src/onnx/train-graph.ts';
import { writeForDevice } from '../../../src/onnx/write-for-device.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

const ints = (values: readonly number[]): Tensor => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** [starts, ends, axes, steps] of a [batch, 7, 5]. */
const BOUNDS: Readonly<Record<string, readonly number[][]>> = {
  'to the beginning': [[4], [-100], [1], [-1]],
  'as far as it goes': [[4], [Number.MIN_SAFE_INTEGER], [1], [-2]],
  'counted from the end': [[-2], [-6], [1], [-1]],
  'beyond the end': [[100], [2], [1], [-3]],
  'to the last but one': [[5], [0], [1], [-2]],
  'with another axis forwards': [
    [5, 1],
    [1, 5],
    [1, 2],
    [-2, 3],
  ],
  'two axes': [
    [5, -1],
    [-7, -4],
    [1, 2],
    [-1, -2],
  ],
};

const createSliced = (bounds: readonly number[][]) =>
  createTinyModel({
    inputs: { x: ['batch', 7, 5] },
    nodes: [
      ['Mul', ['x', 'w'], ['h']],
      ['Slice', ['h', 's0', 's1', 's2', 's3'], ['y']],
    ],
    tensors: { w: createPattern(5), ...Object.fromEntries(bounds.map((values, at) => [`s${at}`, ints(values)])) },
  });

/** Starts of what goes back. */
function listStarts(nodes: ReturnType<typeof readNodes>, getTensor: (name: string) => Tensor | undefined): number[] {
  return nodes
    .filter(({ op }) => op === 'Slice')
    .flatMap(({ inputs }) => {
      const [starts, steps] = [inputs[1], inputs[4]].map((name) =>
        Array.from(getTensor(name ?? '')?.data ?? [], Number),
      );
      return starts!.filter((_, at) => (steps![at] ?? 1) < 0);
    });
}

it.each(Object.entries(BOUNDS))('a slice backwards is written as one from the end: %s', async (_what, bounds) => {
  const model = decodeModel(createSliced(bounds));
  expect(writeForDevice(model, 'cpu')).toBe(model);
  const written = writeForDevice(model, 'webgpu');
  expect(new Set(listStarts(readNodes(written), (name) => written.initializers.get(name)))).toEqual(new Set([-1]));
  const inputs = new Map([['x', createPattern(2, 7, 5)]]);
  await using plain = await openForward(model);
  await using turned = await openForward(written);
  expect(await turned.run(inputs)).toEqual(await plain.run(inputs));
});

it('and in a train graph as well', async () => {
  const { graph, facts, parameters } = await prepareModel(createSliced(BOUNDS['two axes']!));
  const options = { loss: { kind: 'mean-squared-error' }, parameters, trainable: new Set(['w']) } as const;
  const { graph: train } = createTrainGraph(graph, facts, { ...options, device: 'webgpu' });
  const starts = listStarts([...train.nodes], (name) => train.tensors.get(name));
  expect(starts.length).toBeGreaterThan(1);
  expect(new Set(starts)).toEqual(new Set([-1]));
});

it('what begins at the end, or goes forwards, stays', () => {
  for (const bounds of [
    [[-1], [-100], [1], [-1]],
    [[2], [6], [1], [2]],
  ]) {
    const model = decodeModel(createSliced(bounds));
    expect(writeForDevice(model, 'webgpu')).toBe(model);
  }
  const other = decodeModel(createTinyModel({ nodes: [['Transpose', ['x'], ['y'], { perm: list([1, 0]) }]] }));
  expect(writeForDevice(other, 'webgpu')).toBe(other);
});
