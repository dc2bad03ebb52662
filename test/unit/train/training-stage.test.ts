import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportModel } from '../../../src/onnx/export-model.ts';
import { hashModel, hashWrittenModel } from '../../../src/onnx/hash-model.ts';
import { createMilModel } from '../../../src/onnx/mil-models.ts';
import { decodeModel, readModel } from '../../../src/onnx/model.ts';
import { openForward } from '../../../src/onnx/open-forward.ts';
import { MODEL_NAME } from '../../../src/train/loop/training.ts';
import { OUTPUT_NAMES, openTrainingStage } from '../../../src/train/loop/training-stage.ts';
import { listOutputFiles } from '../../../src/utils/folder-stage.ts';
import { useScratch } from '../utils/fixtures/scratch.ts';

const scratch = useScratch();

it('weights beside a model belong to what a training leaves: to its record, its hash, and what is replaced', async () => {
  const folder = scratch();
  const bytes = createMilModel('abmil', { featureDim: 8, classes: 2, hidden: 64, attention: 64, dropout: 0, seed: 1 });
  const path = join(folder, MODEL_NAME);
  // As of 1.9 GB on; here of 1 KB.
  const files = await exportModel(path, decodeModel(bytes), new Map(), { maxInside: 1024 });
  const outputs = await listOutputFiles(folder, OUTPUT_NAMES);
  expect(outputs.map((one) => [one.path, one.sha256])).toEqual([
    ['model.onnx', files[0]?.sha256],
    ['model.onnx.data', files[1]?.sha256],
  ]);
  expect(await hashModel(path, await readModel(path))).toBe(hashWrittenModel(files));

  await using outside = await openForward(path);
  await using inside = await openForward(bytes);
  const data = Float32Array.from({ length: 24 }, (_, k) => Math.sin(k));
  const inputs = new Map([['features', { type: 'float32' as const, dims: [3, 8], data }]]);
  expect((await outside.run(inputs)).get('logits')?.data).toEqual((await inside.run(inputs)).get('logits')?.data);

  const input = { name: 'labels.csv', size: 1, quickHash: '0' };
  const plan = { stage: 'train-phase2', folder, input, options: {}, resume: false, overwrite: true };
  await using _stage = await openTrainingStage(plan);
  expect(outputs.map((one) => existsSync(join(folder, one.path)))).toEqual([false, false]);
});
