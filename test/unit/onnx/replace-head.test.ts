import { expect, it } from 'vitest';
import { joinChunks } from '../../../src/onnx/model/encode-message.ts';
import { decodeModel, encodeModel } from '../../../src/onnx/model.ts';
import { createModel } from '../../../src/onnx/models.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { replaceHead } from '../../../src/onnx/replace-head.ts';
import { ModelError } from '../../../src/utils/model-errors.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

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

it.each([
  [
    'a weight that something else reads too',
    [
      ['Gemm', ['x', 'w'], ['h']],
      ['Gemm', ['h', 'w'], ['y']],
    ],
  ],
  ['another operator', [['MatMul', ['x', 'w'], ['y']]]],
] as const)('refuses %s', (_name, nodes) => {
  const model = decodeModel(createTinyModel({ nodes, tensors: { w: createPattern(3, 3) } }));
  expect(() => replaceHead(model, { classes: 2, seed: 1 })).toThrow(ModelError);
});
