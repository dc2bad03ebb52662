import { expect, it } from 'vitest';
import { joinChunks } from '../../../src/onnx/model/encode-message.ts';
import { decodeModel, encodeModel, type OnnxModel } from '../../../src/onnx/model.ts';
import { createModel } from '../../../src/onnx/models.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { readParameters } from '../../../src/onnx/prepare-model.ts';
import { replaceHead } from '../../../src/onnx/replace-head.ts';
import { ModelError } from '../../../src/utils/errors.ts';
import { createPattern, createTinyModel, type TinyModel } from '../../support/tiny-models.ts';

const OPTIONS = { classes: 2, seed: 1 };
/** The first row that models are run with. */
const X = createPattern(2, 3).data as Float32Array;

it('a new last layer: another number of logits, and nothing else', async () => {
  const bytes = createModel('resnet-tiny', { classes: 5, width: 16, height: 16, seed: 1 });
  const plain = decodeModel(bytes);
  // As torch's exporter writes it.
  const shape = { dim: [{ dimParam: 'batch' }, { dimValue: 5 }] };
  const graph = { ...plain.graph, output: [{ name: 'logits', type: { tensorType: { elemType: 1, shape } } }] };
  const model = { ...plain, graph, message: { ...plain.message, graph } };
  const changed = decodeModel(joinChunks(encodeModel(replaceHead(model, { classes: 3, seed: 2 }).message)));
  expect(changed.graph.output?.[0]?.type?.tensorType?.shape?.dim?.[1]).toEqual({ dimValue: 3 });
  const other = [...model.initializers.keys()].filter((name) => {
    return JSON.stringify(model.initializers.get(name)) !== JSON.stringify(changed.initializers.get(name));
  });
  expect(other.sort()).toEqual(['fc.bias', 'fc.weight']);
  await using forward = await openForward(changed);
  const outputs = await forward.run(new Map([['images', createPattern(2, 3, 16, 16)]]));
  expect(outputs.get('logits')?.dims).toEqual([2, 3]);
});

/** A model of [batch, 3] with what exporters say of its output. */
function createDescribed(nodes: TinyModel['nodes'], tensors: TinyModel['tensors'] = {}): OnnxModel {
  return decodeModel(createTinyModel({ nodes, tensors, outputDims: ['batch', 3] }));
}

it.each([
  ['MatMul', [['MatMul', ['x', 'w'], ['y']]], ['w']],
  [
    'MatMul and Add',
    [
      ['MatMul', ['x', 'w'], ['m']],
      ['Add', ['m', 'b'], ['y']],
    ],
    ['w', 'b'],
  ],
  [
    'Gemm with a softmax, which goes too',
    [
      ['Gemm', ['x', 'w', 'b'], ['m']],
      ['Softmax', ['m'], ['y']],
    ],
    ['w', 'b'],
  ],
] as const)('replaces %s', async (_name, nodes, weights) => {
  const model = createDescribed(nodes, { w: createPattern(3, 3), b: createPattern(3) });
  const { initializers, outputs, rows } = await runWithHead(model);
  expect(initializers.get('w')?.dims).toEqual([3, 2]);
  if (weights.length > 1) expect(initializers.get('b')?.data).toEqual(new Float32Array(2));
  const logits = initializers.get('w')?.data as Float32Array;
  expect(rows[1]).toBeCloseTo(
    [0, 1, 2].reduce((sum, at) => sum + (X[at] ?? 0) * (logits[at * 2 + 1] ?? 0), 0),
    5,
  );
  expect(outputs).toEqual([2, 2]);
});

it.each([
  [
    'its logits',
    ['y', 'p'],
    [
      ['Gemm', ['x', 'w', 'b'], ['y']],
      ['Mul', ['y', 'c'], ['p']],
    ],
    'y',
  ],
  [
    'its softmax',
    ['s', 'p', 'h'],
    [
      ['Relu', ['x'], ['h']],
      ['Gemm', ['h', 'w', 'b'], ['y']],
      ['Softmax', ['y'], ['s']],
      ['Neg', ['s'], ['n']],
      ['Mul', ['n', 'c'], ['p']],
    ],
    'y,h',
  ],
  [
    'its product without a bias',
    ['y', 'p', 'm', 'h'],
    [
      ['Dropout', ['x'], ['h', '']],
      ['MatMul', ['h', 'w'], ['m']],
      ['Mul', ['m', 'c'], ['p']],
      ['Add', ['m', 'b'], ['y']],
    ],
    'y,h',
  ],
] as const)('what else was computed of %s goes with the old layer', async (_name, outputs, nodes, left) => {
  const tensors = { w: createPattern(3, 3), b: createPattern(3), c: createPattern(1, 3) };
  const model = decodeModel(createTinyModel({ nodes, tensors, outputs, outputDims: ['batch', 3] }));
  await using forward = await openForward(replaceHead(model, OPTIONS));
  expect(forward.outputNames.join()).toBe(left);
  expect((await forward.run(new Map([['x', createPattern(2, 3)]]))).get('y')?.dims).toEqual([2, 2]);
});

it.each([
  ['an embedding', [['Relu', ['x'], ['y']]]],
  [
    'a layer whose weight something else reads too',
    [
      ['Gemm', ['x', 'w'], ['h']],
      ['Gemm', ['h', 'w'], ['y']],
    ],
  ],
] as const)('puts a layer after %s', async (_name, nodes) => {
  const model = createDescribed(nodes, { w: createPattern(3, 3) });
  const { initializers, outputs } = await runWithHead(model);
  expect([...initializers.keys()].slice(-2)).toEqual(['head.weight', 'head.bias']);
  expect(initializers.get('w')).toEqual(model.initializers.get('w'));
  expect(outputs).toEqual([2, 2]);
  const parameters = await readParameters(decodeModel(joinChunks(encodeModel(replaceHead(model, OPTIONS).message))));
  expect(parameters.at(-1)?.name).toBe('head.bias');
});

it('refuses an output whose width is not told', () => {
  const model = decodeModel(createTinyModel({ nodes: [['Relu', ['x'], ['y']]] }));
  expect(() => replaceHead(model, OPTIONS)).toThrow(ModelError);
});

async function runWithHead(model: OnnxModel) {
  const changed = decodeModel(joinChunks(encodeModel(replaceHead(model, OPTIONS).message)));
  await using forward = await openForward(changed);
  const [logits] = (await forward.run(new Map([['x', createPattern(2, 3)]]))).values();
  return { initializers: changed.initializers, outputs: logits?.dims, rows: logits?.data as Float32Array };
}
