import { expect, it } from 'vitest';
import { int, ints, tensor } from '../../../src/onnx/attributes.ts';
import { DYNAMIC } from '../../../src/onnx/graph.ts';
import { prepareModel } from '../../../src/onnx/prepare-model.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

const int64 = (...values: number[]) => ({
  type: 'int64' as const,
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** What exporters write for `x.reshape(len(x), 4 * 3)`: sizes that are looked up and put together at run time. */
const SOUP = createTinyModel({
  inputs: { x: ['batch', 3, 4] },
  nodes: [
    ['Shape', ['x'], ['s']],
    ['Constant', [], ['zero'], { value: tensor(int64(0)) }],
    ['Gather', ['s', 'zero'], ['n']],
    ['Constant', [], ['one'], { value_ints: ints([1]) }],
    ['Gather', ['s', 'one'], ['height']],
    ['Constant', [], ['two'], { value: tensor(int64(2)) }],
    ['Gather', ['s', 'two'], ['width']],
    ['Mul', ['height', 'width'], ['size']],
    ['Concat', ['n', 'size'], ['target'], { axis: int(0) }],
    ['Reshape', ['x', 'target'], ['flat']],
    ['Identity', ['w'], ['alias']],
    ['MatMul', ['flat', 'alias'], ['y']],
  ],
  tensors: { w: createPattern(12, 2), 'onnx::Add_3': { type: 'float32', dims: [], data: Float32Array.of(1) } },
});

it('takes away what only computes sizes, and learns which of them vary', async () => {
  const warnings: string[] = [];
  const say = (message: string) => void warnings.push(message);
  const logger = { debug: say, info: say, notice: say, warn: say, error: say };
  const { graph, facts, symbols, parameters } = await prepareModel(SOUP, { logger });
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Shape', 'Gather', 'Concat', 'Reshape', 'MatMul']);
  expect(graph.nodes.at(-1)?.inputs).toEqual(['flat', 'w']);
  expect(symbols).toEqual(['batch']);
  expect(facts.get('flat')).toEqual({
    type: 'float32',
    dims: [DYNAMIC, 12],
    trials: [
      [2, 12],
      [3, 12],
    ],
  });
  expect(facts.get('target')).toEqual({ type: 'int64', dims: [2] });
  expect(graph.constants.get('size')?.data).toEqual(BigInt64Array.of(12n));
  expect(parameters).toEqual([{ name: 'w', dims: [12, 2], kind: 'weight' }]);
  expect(warnings).toEqual([expect.stringMatching(/1 weights of equal value/)]);
});

it('with sizes given, nothing of them is left to run time', async () => {
  const { graph, facts, symbols } = await prepareModel(SOUP, { sizes: { batch: 5 } });
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Reshape', 'MatMul']);
  expect(symbols).toEqual([]);
  expect(facts.get('y')).toEqual({ type: 'float32', dims: [5, 2] });
});

it('whole numbers that the file stores as tensors are constants, settings no weights', async () => {
  const model = createTinyModel({
    nodes: [
      ['Shape', ['x'], ['s']],
      ['Gather', ['s', 'one'], ['width']],
      ['MatMul', ['x', 'w'], ['h']],
      ['Clip', ['h', 'low'], ['c']],
      ['Add', ['c', 'scale'], ['y']],
    ],
    tensors: {
      one: int64(1),
      w: createPattern(3, 2),
      low: { type: 'float32', dims: [], data: Float32Array.of(-1) },
      scale: { type: 'float32', dims: [], data: Float32Array.of(2) },
    },
  });
  const { graph, parameters } = await prepareModel(model);
  expect(graph.nodes.map(({ op }) => op)).toEqual(['MatMul', 'Clip', 'Add']);
  expect(parameters.map(({ name }) => name)).toEqual(['w', 'scale']);
});

it('weights are not folded away', async () => {
  const model = createTinyModel({
    nodes: [
      ['Transpose', ['w'], ['t'], { perm: ints([1, 0]) }],
      ['MatMul', ['x', 't'], ['y']],
    ],
    tensors: { w: createPattern(2, 3) },
  });
  expect((await prepareModel(model)).graph.nodes.map(({ op }) => op)).toEqual(['Transpose', 'MatMul']);
});
