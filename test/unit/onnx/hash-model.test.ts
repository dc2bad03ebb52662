import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportModel } from '../../../src/onnx/export-model.ts';
import { hashModel, hashWrittenModel } from '../../../src/onnx/hash-model.ts';
import { decodeModel, readModel, readModelOutline } from '../../../src/onnx/model.ts';
import { sha256 } from '../../../src/utils/hash.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

it('the hash of a model is that of its file, and takes in weights that lie beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-hash-'));
  try {
    const tensors = { a: createPattern(3, 300), b: createPattern(3, 300) };
    const bytes = createTinyModel({
      tensors,
      nodes: [
        ['MatMul', ['x', 'a'], ['h']],
        ['MatMul', ['x', 'b'], ['g']],
        ['Add', ['h', 'g'], ['y']],
      ],
    });
    const [inside, outside] = ['inside.onnx', 'outside.onnx'].map((name) => join(folder, name)) as [string, string];
    writeFileSync(inside, bytes);
    expect(await hashModel(inside, await readModel(inside))).toBe(sha256(bytes));

    const files = await exportModel(outside, decodeModel(bytes), new Map(), { maxInside: 100 });
    expect(files.map(({ path }) => path)).toEqual([outside, `${outside}.data`]);
    const hash = await hashModel(outside, await readModel(outside));
    expect(hash).toBe(sha256(`${files[0]?.sha256}\n${files[1]?.sha256} outside.onnx.data`));
    expect(hashWrittenModel(files)).toBe(hash);
    expect(hashWrittenModel(files.slice(0, 1))).toBe(files[0]?.sha256);

    expect(await hashModel(outside, readModelOutline(outside))).toBe(hash);
    const weights = readFileSync(`${outside}.data`);
    weights.writeFloatLE(7, 0);
    writeFileSync(`${outside}.data`, weights);
    expect(await hashModel(outside, await readModel(outside))).not.toBe(hash);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
