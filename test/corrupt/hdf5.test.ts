import { expect, it } from 'vitest';
import { readHdf5Features } from '../../src/io/features/read-hdf5-features.ts';
import { encodeHdf5 } from '../../src/io/hdf5/encode-hdf5.ts';
import type { H5DatasetPlan } from '../../src/io/hdf5/h5-plan.ts';
import { openHdf5 } from '../../src/io/hdf5/open-hdf5.ts';
import { TensorFileError } from '../../src/utils/errors.ts';
import { mutateBytes } from '../support/mutate-bytes.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { createMemorySource } from '../support/tiny-tiff.ts';

const ROUNDS = 600;
const ROWS = 70;

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

const read = async (bytes: Uint8Array) => readHdf5Features('tiny.h5', await openHdf5(createMemorySource(bytes)));

it('a damaged HDF5 file is read, or a typed error', async () => {
  const bytes = createFile();
  expect((await read(bytes)).features.at(-1)).toBe(ROWS * 3 - 1);
  const random = createSeededRandom('hdf5');
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    try {
      await read(mutateBytes(bytes, random, { from: 0, to: 3000 }));
    } catch (error) {
      if (!(error instanceof TensorFileError)) throw error;
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(ROUNDS / 4);
});

it('a tree that bites its tail, and one that claims more than the file has, end at once', async () => {
  const bytes = Buffer.from(createFile());
  // The root of the chunks: the last TREE; its first child is at 24 + key (32).
  const root = bytes.lastIndexOf('TREE');
  const loop = Buffer.from(bytes);
  loop.writeBigUInt64LE(BigInt(root), root + 56);
  await expect(read(loop)).rejects.toThrow(/bites its tail/);
  const huge = Buffer.from(bytes);
  // The shape in the header of the features, version 1 of rank 2 that may grow.
  const shape = huge.indexOf(Buffer.from([1, 2, 1, 0, 0, 0, 0, 0, ROWS]));
  huge.writeBigUInt64LE(2n ** 40n, shape + 8);
  await expect(read(huge)).rejects.toThrow(/70 chunks where 1099511627776 are needed/);
});
