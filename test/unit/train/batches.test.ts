import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { sharp } from '../../../src/io/codec/sharp.ts';
import { createModelTables, fillPlanes } from '../../../src/io/kernels/rgb-planes.ts';
import type { Batch } from '../../../src/train/batches/batch.ts';
import type { BatchJob, BatchJobResult } from '../../../src/train/batches/batch-job.ts';
import { createBatchLoader } from '../../../src/train/batches/batch-loader.ts';
import { createDecodePool, type DecodePool } from '../../../src/train/batches/decode-pool.ts';
import { fillBatch } from '../../../src/train/batches/fill-batch.ts';
import type { LoadOptions } from '../../../src/train/batches/load-options.ts';
import { createSampler } from '../../../src/train/data/sampler.ts';
import { AbortedError, DatasetError, OptionError } from '../../../src/utils/errors.ts';
import { locateWorker } from '../../../src/utils/package-files.ts';
import { createPool } from '../../../src/utils/worker-pool.ts';
import { useScratch } from '../utils/fixtures/scratch.ts';

const scratch = useScratch();
const SETTINGS = { width: 8, height: 8, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;
const COUNT = 11;
let paths: string[] = [];

const paint = (i: number, width = 8, height = 8) =>
  Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 5 + i * 31 + ((at * at) % 13) * 9) % 256);

beforeEach(async () => {
  const folder = scratch();
  paths = Array.from({ length: COUNT }, (_, i) => join(folder, `${i}.png`));
  for (const [i, path] of paths.entries())
    await sharp(paint(i), { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toFile(path);
});

const getExamples = () => paths.map((path, i) => ({ path, label: i % 2, patient: undefined, slide: undefined }));
const getOptions = (options: Partial<LoadOptions> = {}): LoadOptions => ({
  examples: getExamples(),
  ...{ classCount: 2, batchSize: 4, settings: SETTINGS, seed: 5 },
  ...options,
});
const planEpochs = (epochs: number) => {
  const sampler = createSampler(
    getExamples().map(({ label }) => label),
    { order: 'shuffle', batchSize: 4, seed: 5 },
  );
  return Array.from({ length: epochs }, (_, epoch) => [...sampler.plan(sampler.start(epoch))]).flat();
};

/** All batches, copied before their memory is given back. */
async function collect(
  pool: DecodePool,
  options: Partial<LoadOptions> = {},
  epochs = 2,
): Promise<Omit<Batch, 'release'>[]> {
  const batches: Omit<Batch, 'release'>[] = [];
  for await (const { release, ...batch } of createBatchLoader(pool, getOptions(options)).load(planEpochs(epochs))) {
    batches.push({ ...batch, images: batch.images.slice() });
    release();
  }
  return batches;
}

test('pictures come as planes of their plan, with their labels', async () => {
  await using pool = createDecodePool(0);
  const batches = await collect(pool);
  expect(batches.map(({ count }) => count)).toEqual([4, 4, 3, 4, 4, 3]);
  const tables = createModelTables(SETTINGS);
  for (const [b, plan] of planEpochs(2).entries()) {
    const { images, targets, labels, indices, ...batch } = batches[b] as Batch;
    expect(indices).toEqual([...plan.indices]);
    expect(batch.next).toEqual(plan.next);
    for (const [row, i] of indices.entries()) {
      const expected = new Float32Array(3 * 64);
      fillPlanes({ pixels: paint(i), pitch: 24, width: 8, height: 8, channels: 3 }, tables, expected);
      expect(images.subarray(row * 192, (row + 1) * 192)).toEqual(expected);
      expect(labels[row]).toBe(i % 2);
      expect([...targets.subarray(2 * row, 2 * row + 2)]).toEqual(i % 2 ? [0, 1] : [1, 0]);
    }
  }
});

const EVERYTHING = {
  augment: { cropScale: 0.5, hue: 0.1, stainShift: 0.1 },
  ...{ mixup: 0.4, labelSmoothing: 0.1 },
};

test('the same batches, however many threads read them', async () => {
  await using inline = createDecodePool(0);
  const expected = await collect(inline, EVERYTHING);
  for (const workers of [1, 3]) {
    await using pool = createDecodePool(workers);
    expect(await collect(pool, EVERYTHING)).toEqual(expected);
  }
  // And others for another seed, and in another epoch.
  const other = await collect(inline, { ...EVERYTHING, seed: 6 });
  expect(other[0]?.images).not.toEqual(expected[0]?.images);
});

test('an epoch taken up in its middle goes on with the same batches', async () => {
  await using pool = createDecodePool(0);
  const all = await collect(pool, EVERYTHING);
  const loader = createBatchLoader(pool, getOptions(EVERYTHING));
  const rest: number[] = [];
  for await (const batch of loader.load(planEpochs(2).slice(4))) {
    expect(batch.images).toEqual(all[4 + rest.length]?.images);
    rest.push(batch.position);
  }
  expect(rest).toEqual([1, 2]);
});

test('memory is that of the batches ahead, and one', async () => {
  await using pool = createDecodePool(2);
  const loader = createBatchLoader(pool, getOptions({ prefetch: 3 }));
  for (let round = 0; round < 3; round++) for await (const batch of loader.load(planEpochs(4))) batch.release();
  expect(loader.buffers).toBeLessThanOrEqual(4);
});

test('a slow caller holds back what is read', async () => {
  let begun = 0;
  await using inline = createDecodePool(0);
  const counting: DecodePool = {
    ...inline,
    run: (jobs, options) =>
      inline.run(
        (async function* () {
          for await (const job of jobs) {
            begun++;
            yield job;
          }
        })(),
        options,
      ),
  };
  let taken = 0;
  for await (const batch of createBatchLoader(counting, getOptions({ prefetch: 2 })).load(planEpochs(3))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(begun).toBeLessThanOrEqual(taken + 2);
    taken++;
    batch.release();
  }
  expect(taken).toBe(9);
});

test('a batch whose thread died with its buffer is read into a new one', async () => {
  await using inline = createDecodePool(0);
  const expected = await collect(inline, {}, 1);
  const dying: DecodePool = {
    ...inline,
    run: (jobs, options) =>
      inline.run(jobs, {
        ...options,
        getTransfer: (job: BatchJob) => {
          const lost = options.getTransfer?.(job)[0];
          if (lost) structuredClone(lost, { transfer: [lost] });
          return options.getTransfer?.(job) ?? [];
        },
      }),
  };
  expect(await collect(dying, {}, 1)).toEqual(expected);
});

test('a thread that dies is replaced, and its batch read again', async () => {
  await using inline = createDecodePool(0);
  const flag = join(scratch(), 'died');
  await using pool = createPool<BatchJob, BatchJobResult>({
    entry: new URL('./fixtures/dying-worker.mjs', import.meta.url),
    workerData: { flag, entry: locateWorker('train/batches/decode-worker').href },
    size: 2,
  });
  expect(await collect(pool, EVERYTHING)).toEqual(await collect(inline, EVERYTHING));
  expect(existsSync(flag)).toBe(true);
});

describe('pictures that can not be read', () => {
  const breakOne = (name: string, bytes?: Uint8Array | string) => {
    const path = join(scratch(), name);
    if (bytes !== undefined) writeFileSync(path, bytes);
    paths[3] = path;
  };

  test.each<[string, () => void, RegExp]>([
    ['missing', () => breakOne('gone.png'), /ENOENT/],
    ['empty', () => breakOne('empty.png', ''), /no PNG/],
    ['no picture', () => breakOne('text.png', 'hello, this is a long enough text'), /no PNG, JPEG or WebP/],
    [
      'cut',
      () =>
        breakOne('cut.png', Buffer.from('89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc', 'hex')),
      /cut\.png/,
    ],
  ])('%s: the run ends there, or goes on without', async (_name, act, message) => {
    act();
    for (const workers of [0, 1]) {
      await using pool = createDecodePool(workers);
      const failed = await collect(pool).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(DatasetError);
      expect(failed).toMatchObject({ reason: 'bad-image', source: paths[3] });
      expect((failed as Error).message).toMatch(message);
      const batches = await collect(pool, { onBadImage: 'skip' }, 1);
      expect(batches.flatMap(({ indices }) => indices).sort((a, b) => a - b)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10]);
      expect(batches.flatMap(({ skipped }) => skipped)).toMatchObject([{ path: paths[3] }]);
      for (const { count, images, targets } of batches)
        expect([images.length, targets.length]).toEqual([count * 192, count * 2]);
    }
  });

  test('a batch of nothing else is empty', async () => {
    paths = paths.map((path) => `${path}.none`);
    await using pool = createDecodePool(0);
    const batches = await collect(pool, { onBadImage: 'skip', mixup: 1 }, 1);
    expect(batches.map(({ count, images }) => [count, images.length])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });
});

test('other kinds and sizes: grey, 16 bits, JPEG, WebP, larger and smaller pictures', async () => {
  const folder = scratch();
  const grey = { raw: { width: 20, height: 12, channels: 1 as const } };
  const levels = Uint8Array.from({ length: 240 }, () => 100);
  paths = ['grey.png', 'wide.png', 'x.jpg', 'x.webp', 'tiny.png'].map((name) => join(folder, name));
  await sharp(levels, grey)
    .toColourspace('b-w')
    .png()
    .toFile(paths[0] ?? '');
  await sharp(levels, grey)
    .toColourspace('rgb16')
    .png()
    .toFile(paths[1] ?? '');
  await sharp(levels, grey)
    .toColourspace('srgb')
    .jpeg({ quality: 100 })
    .toFile(paths[2] ?? '');
  await sharp(levels, grey)
    .toColourspace('srgb')
    .webp({ lossless: true })
    .toFile(paths[3] ?? '');
  await sharp(levels.slice(0, 1), { raw: { width: 1, height: 1, channels: 1 } })
    .png()
    .toFile(paths[4] ?? '');
  const buffer = new ArrayBuffer(5 * 192 * 4);
  const settings = { width: 8, height: 8, mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] } as const;
  const job = { paths, settings, seeds: undefined, augment: undefined, mixShare: 1, skipBad: false, buffer };
  expect((await fillBatch(job)).kept).toHaveLength(5);
  for (const value of new Float32Array(buffer)) expect(Math.abs(value - 100)).toBeLessThanOrEqual(1);
  await expect(fillBatch({ ...job, buffer: new ArrayBuffer(8) })).rejects.toThrow(RangeError);
});

test('a run that is stopped ends with AbortedError, and one that is left ends quietly', async () => {
  for (const workers of [0, 1]) {
    await using pool = createDecodePool(workers);
    const stop = new AbortController();
    const loader = createBatchLoader(pool, getOptions());
    const run = async () => {
      for await (const _ of loader.load(planEpochs(50), { signal: stop.signal })) stop.abort();
    };
    await expect(run()).rejects.toThrow(AbortedError);
    for await (const batch of loader.load(planEpochs(50))) {
      expect(batch.position).toBe(0);
      break;
    }
  }
});

test('numbers out of range', async () => {
  await using pool = createDecodePool(0);
  const create = (options: Partial<LoadOptions>) => () => createBatchLoader(pool, getOptions(options));
  expect(create({ batchSize: 0 })).toThrow(OptionError);
  expect(create({ mixup: 0.01 })).toThrow(OptionError);
  expect(create({ labelSmoothing: 1 })).toThrow(OptionError);
  expect(create({ augment: { cropScale: 0 } })).toThrow(OptionError);
  expect(create({ settings: { ...SETTINGS, width: 0 } })).toThrow(OptionError);
  expect(() => createDecodePool(-1)).toThrow(OptionError);
});
