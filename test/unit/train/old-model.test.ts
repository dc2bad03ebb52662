import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { float, int, ints } from '../../../src/onnx/attributes.ts';
import { readModel } from '../../../src/onnx/model.ts';
import { trainPhase1 } from '../../../src/train/train-phase1.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';
import { createTinyTraining } from '../../support/tiny-training.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-old-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a network of opset 9 with a batch of 1 that ends in an embedding learns, and is exported for any batch', async () => {
  const { table } = await createTinyTraining(join(folder, 'data'));
  const bytes = createTinyModel({
    opset: 9,
    inputs: { x: [1, 3, 8, 8] },
    nodes: [
      ['Conv', ['x', 'w'], ['c'], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) }],
      ['PRelu', ['c', 'slope'], ['p']],
      ['Clip', ['p'], ['k'], { min: float(-6), max: float(6) }],
      ['ReduceSum', ['k'], ['s'], { axes: ints([2, 3]), keepdims: int(0) }],
      ['Reshape', ['s', 'flat'], ['y']],
    ],
    tensors: {
      w: createPattern(4, 3, 3, 3),
      slope: createPattern(4, 1, 1),
      flat: { type: 'int64', dims: [2], data: BigInt64Array.of(1n, -1n) },
    },
    outputDims: [1, 4],
  });
  const path = join(folder, 'old.onnx');
  writeFileSync(path, bytes);
  const result = await trainPhase1({
    ...{ train: table, model: path, newHead: true, out: join(folder, 'out') },
    ...{ epochs: 1, batchSize: 4, workers: 0, threads: 1 },
  });
  expect(result.card.input).toMatchObject({ width: 8, height: 8 });
  const { graph, initializers } = await readModel(result.modelPath);
  expect(graph.input?.[0]?.type?.tensorType?.shape?.dim?.[0]).toEqual({ dimParam: 'batch' });
  expect(initializers.get('head.weight')?.dims).toEqual([2, 4]);
  // All of it learned, not the new layer alone.
  expect(initializers.get('w')?.data).not.toEqual(createPattern(4, 3, 3, 3).data);
});
