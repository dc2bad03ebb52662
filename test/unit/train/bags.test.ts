import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createMilModel } from '../../../src/onnx/mil-models.ts';
import type { BagExample } from '../../../src/train/bags/bag-example.ts';
import type { BagStore } from '../../../src/train/bags/bag-store.ts';
import { measureFeatures } from '../../../src/train/bags/measure-features.ts';
import { createSampler } from '../../../src/train/data/sampler.ts';
import { createBagFeed } from '../../../src/train/train-phase2/feed-bags.ts';
import { standardizeModel } from '../../../src/train/train-phase2/standardize-model.ts';
import { AbortedError } from '../../../src/utils/errors.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const DIM = 4;
const PATCHES = 30;
const signal = new AbortController().signal;

const examples = Array.from({ length: 6 }, (_, k): BagExample => {
  const slide = `s${k}`;
  return { path: `/${slide}`, slide, label: k % 2, patient: slide, count: PATCHES, source: undefined };
});

/** A slide's features by its name, by hand. */
function createStore(getValue: (row: number, column: number, random: () => number) => number): BagStore {
  return {
    keeps: false,
    async read({ slide }) {
      const random = createSeededRandom(Number(slide.slice(1)) + 1);
      return Float32Array.from({ length: PATCHES * DIM }, (_, at) =>
        getValue(Math.floor(at / DIM), at % DIM, () => random.uniform()),
      );
    },
  };
}

const measure = (store: BagStore, more = {}) =>
  measureFeatures({ store, examples, dim: DIM, skipsBad: true, held: 3, signal, ...more });

it('features in other units and about another origin are the same once they are standardised', async () => {
  // Powers of two and whole numbers, so that only the origin costs digits.
  const near = createStore((_row, _column, random) => random());
  const far = createStore((_row, _column, random) => random() / 512 + 4);
  const standardize = async (store: BagStore) => {
    const { mean, deviation } = await measure(store);
    const [example] = examples;
    return (await store.read(example!)).map((value, at) => (value - mean[at % DIM]!) / deviation[at % DIM]!);
  };
  const [a, b] = [await standardize(near), await standardize(far)];
  expect(Math.max(...a.map((value, at) => Math.abs(value - b[at]!)))).toBeLessThan(2e-3);
  expect(a.reduce((sum, value) => sum + value * value, 0) / a.length).toBeCloseTo(1, 0);
});

it('a feature that is the same everywhere but for rounding is not made large', async () => {
  const store = createStore((row, column, random) => {
    if (column === 0) return random();
    // Another value in one patch: of the last digit, or so small that its reciprocal is no number.
    return column === 1 ? 3 : column === 2 ? (row === 5 ? 1000.0001 : 1000) : row === 5 ? 1e-40 : 0;
  });
  const { mean, deviation } = await measure(store);
  expect(deviation[0]).toBeCloseTo(Math.sqrt(1 / 12), 1);
  expect([...deviation.slice(1)]).toEqual([1, 1, 1]);
  expect(mean[2]).toBeCloseTo(1000, 3);
});

it('only what is learned from has a say in what features are standardised by', async () => {
  const seen: string[] = [];
  const { read, keeps } = createStore((_row, _column, random) => random());
  const store: BagStore = {
    keeps,
    read(one) {
      seen.push(one.slide);
      return read(one);
    },
  };
  const data = { train: examples.slice(0, 4), validation: examples.slice(4), featureDim: DIM } as never;
  const settings = { onBadSlide: 'fail', model: 'mean' } as never;
  const model = createMilModel('mean', { featureDim: DIM, classes: 2, hidden: 4, seed: 0 });
  await standardizeModel(model, store, { settings, data, signal });
  expect(seen).toEqual(['s0', 's1', 's2', 's3']);
});

it('is stopped with an error of ours, and nothing is read on', async () => {
  const stop = new AbortController();
  let under = 0;
  const store: BagStore = {
    keeps: false,
    async read() {
      under++;
      await sleep(1);
      stop.abort();
      under--;
      return new Float32Array(DIM);
    },
  };
  await expect(measure(store, { signal: stop.signal })).rejects.toThrow(AbortedError);
  expect(under).toBe(0);
});

it('patches are drawn anew at each turn, and the same ones whenever that turn comes', async () => {
  const store = createStore((row) => row);
  const feed = createBagFeed({
    ...{ store, examples, dim: DIM, classCount: 2, labelSmoothing: 0, maxPatches: 7, skipsBad: false, seed: 3 },
  });
  const sampler = createSampler([0, 1, 0, 1, 0, 1], { order: 'sequential', batchSize: 1, seed: 3 });
  const load = async (epoch: number, position = 0) => {
    const found: string[] = [];
    for await (const { inputs } of feed.load(sampler.plan({ seed: 3, epoch, position }), { signal })) {
      const { dims, data } = inputs.get('features')!;
      expect(dims).toEqual([7, DIM]);
      found.push(`${Array.from({ length: 7 }, (_, row) => data[row * DIM])}`);
    }
    return found;
  };
  const first = await load(0);
  expect(new Set([...first, ...(await load(1))]).size).toBe(12);
  expect(await load(0, 4)).toEqual(first.slice(4));
});
