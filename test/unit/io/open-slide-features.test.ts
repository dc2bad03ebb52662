import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FeatureFacts } from '../../../src/io/feature-files/feature-table.ts';
import { LAYOUTS } from '../../../src/io/feature-files/layouts.ts';
import { openSlideFeatures } from '../../../src/io/feature-files/open-slide-features.ts';
import { readSlideFeatures } from '../../../src/io/feature-files/read-slide-features.ts';
import { writePiecesAtomic } from '../../../src/utils/atomic-pieces.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [ROWS, DIM] = [7, 3];
const FACTS: FeatureFacts = {
  ...{ slide: 's', width: 512, height: 512, mpp: { x: 0.5, y: 0.5 }, magnification: undefined },
  level: { index: 0, width: 512, height: 512, downsample: { x: 1, y: 1 }, size: 64 },
  patch: { size: 32, overlap: 0, span: { x: 64, y: 64 }, mpp: 1 },
  model: { name: 'm', sha256: 'ab'.repeat(32), output: 'y', take: 'all', mean: [0, 0, 0], std: [1, 1, 1] },
};

it.each([
  ['native', 'float32'],
  ['native', 'float16'],
  ['clam', 'float32'],
] as const)('gives rows of %s, %s, as they are in the whole', async (layout, precision) => {
  const data = Float32Array.from({ length: ROWS * DIM }, (_, at) => at / 8 - 1);
  const corners = Float64Array.from({ length: ROWS * 2 }, (_, at) => 64 * at);
  const [file] = LAYOUTS[layout](FACTS, { precision, out: folder });
  const path = join(folder, file?.path ?? '');
  const table = { rows: ROWS, dimension: DIM, corners, facts: FACTS, readBlocks: () => [data] };
  if (file) await writePiecesAtomic(path, file.encode(table));
  const { features, ...whole } = await readSlideFeatures(path);
  await using opened = await openSlideFeatures(path);
  expect(opened).toMatchObject(whole);
  for (const [from, rows] of [
    [0, 1],
    [2, 4],
    [6, 1],
    [0, ROWS],
  ] as const) {
    const part = await opened.readRows(from, rows);
    expect(part).toEqual(features.subarray(from * DIM, (from + rows) * DIM));
    // Models take the array away.
    expect(part.buffer.byteLength).toBe(rows * DIM * 4);
  }
});

it('closes the file where it is none of features', async () => {
  const path = join(folder, 'other.safetensors');
  const header = JSON.stringify({ weight: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(4)]));
  await expect(openSlideFeatures(path)).rejects.toMatchObject({ tag: 'tensor-file' });
});
