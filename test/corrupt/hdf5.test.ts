import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSlideFeatures } from '../../src/io/feature-files/read-slide-features.ts';
import { encodeHdf5 } from '../../src/io/hdf5/encode-hdf5.ts';
import type { H5DatasetPlan } from '../../src/io/hdf5/h5-plan.ts';
import { TensorFileError } from '../../src/utils/errors.ts';
import { mutateBytes } from '../support/mutate-bytes.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const ROUNDS = 120;
const ROWS = 70;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-hdf5-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two levels of a tree of chunks, texts, numbers, and a dataset in one piece. */
function createFile(): Uint8Array {
  const content = (array: ArrayBufferView) => [new Uint8Array(array.buffer as ArrayBuffer)];
  const attributes = [
    { name: 'name', type: 'text', value: 'slide' },
    { name: 'patch_size', type: 'int64', value: 224 },
    { name: 'downsample', type: 'float64', value: [1, 1] },
  ] as const;
  const features = Float32Array.from({ length: ROWS * 3 }, (_, at) => at);
  const datasets: H5DatasetPlan[] = [
    { name: 'features', type: 'F32', shape: [ROWS, 3], chunkRows: 1, content: content(features), attributes },
    { name: 'coords', type: 'I32', shape: [ROWS, 2], content: content(new Int32Array(ROWS * 2)) },
  ];
  return Buffer.concat([...encodeHdf5({ datasets, attributes })]);
}

let files = 0;
/** Each in a file of its own: a damaged one is not opened again. */
const read = (bytes: Uint8Array) => {
  const path = join(folder, `${files++}.h5`);
  writeFileSync(path, bytes);
  return readSlideFeatures(path);
};

it('a damaged HDF5 file is read, or a typed error', async () => {
  const bytes = createFile();
  const sound = await read(bytes);
  expect(sound).toMatchObject({ layout: 'clam', count: ROWS, dim: 3, slide: 'slide' });
  const random = createSeededRandom('hdf5');
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    try {
      await read(mutateBytes(bytes, random, { from: 8, to: 3000 }));
    } catch (error) {
      if (!(error instanceof TensorFileError)) throw error;
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(ROUNDS / 4);
  // Whatever came before, the library reads on.
  expect(await read(bytes)).toEqual(sound);
});

it('a shape that the file can not hold takes no memory', async () => {
  const bytes = Buffer.from(createFile());
  // The shape in the header of the features: version 1, of two sizes, which may grow.
  const shape = bytes.indexOf(Buffer.from([1, 2, 1, 0, 0, 0, 0, 0, ROWS]));
  bytes.writeBigUInt64LE(2n ** 40n, shape + 8);
  await expect(read(bytes)).rejects.toThrow(/1099511627776 x 3 elements in a file of \d+ bytes/);
});

it('a file that was damaged and is mended in place is not read from memory', async () => {
  const bytes = createFile();
  const path = join(folder, 'mended.h5');
  writeFileSync(path, bytes.subarray(0, bytes.length - 500));
  await expect(readSlideFeatures(path)).rejects.toThrow(TensorFileError);
  writeFileSync(path, bytes);
  await expect(readSlideFeatures(path)).rejects.toThrow(/damaged when this process read it before/);
});

it('files without features, and others, say what they are', async () => {
  await expect(read(Buffer.from('nothing at all'))).rejects.toThrow(TensorFileError);
  const datasets: H5DatasetPlan[] = [{ name: 'coords', type: 'I32', shape: [0, 2], chunkRows: 1, content: [] }];
  await expect(read(Buffer.concat([...encodeHdf5({ datasets })]))).rejects.toThrow(
    /has no features \[count, dim\] \(coords\)/,
  );
});
