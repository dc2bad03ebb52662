import { describe, expect, test } from 'vitest';
import { EPOCH_ORDERS, type OrderName } from '../../../src/train/data/epoch-orders.ts';
import { createSampler } from '../../../src/train/data/sampler.ts';
import { OptionError } from '../../../src/utils/errors.ts';
import { createRandom, createRandomStream, mixSeeds } from '../../../src/utils/random.ts';

const labels = Array.from({ length: 23 }, (_, i) => (i < 3 ? 1 : 0));
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

describe.each(Object.keys(EPOCH_ORDERS) as OrderName[])('order %s', (order) => {
  const create = (options = {}) => createSampler(labels, { order, batchSize: 5, seed: 3, ...options });

  test('goes on at any place as if it had not stopped', () => {
    const sampler = create();
    const all = [...sampler.plan(sampler.start()), ...sampler.plan(sampler.start(1))];
    expect(all.map(({ epoch, position }) => [epoch, position])).toEqual(
      [0, 1].flatMap((e) => [0, 1, 2, 3, 4].map((p) => [e, p])),
    );
    for (const [i, { next }] of all.slice(0, -1).entries()) {
      const rest = [...create().plan(JSON.parse(JSON.stringify(next)) as typeof next)];
      expect(rest[0]).toEqual(all[i + 1]);
    }
    expect(all[4]?.next).toEqual({ seed: 3, epoch: 1, position: 0 });
  });

  test('batches fill the epoch; a last one that is not full can be left out', () => {
    const sizes = (sampler: ReturnType<typeof create>) =>
      [...sampler.plan(sampler.start())].map(({ indices }) => indices.length);
    expect(sizes(create())).toEqual([5, 5, 5, 5, 3]);
    expect(sizes(create({ dropLast: true }))).toEqual([5, 5, 5, 5]);
    expect(sizes(create({ dropLast: true, batchSize: 100 }))).toEqual([23]);
  });
});

const showEpoch = (order: OrderName, epoch: number, seed = 3) =>
  [...createSampler(labels, { order, batchSize: 23, seed }).plan({ seed, epoch, position: 0 })].flatMap(
    ({ indices }) => [...indices],
  );

test('shuffled epochs show each example once, each in another order', () => {
  const all = labels.map((_, i) => i);
  expect(showEpoch('sequential', 4)).toEqual(all);
  expect(sorted(showEpoch('shuffle', 0))).toEqual(all);
  expect(showEpoch('shuffle', 0)).not.toEqual(showEpoch('shuffle', 1));
  expect(showEpoch('shuffle', 0)).not.toEqual(showEpoch('shuffle', 0, 4));
});

test('balanced epochs show classes alike, and examples of a class as often', () => {
  const rests = new Set<number>();
  const seen = new Set<number>();
  for (let epoch = 0; epoch < 12; epoch++) {
    const order = showEpoch('balanced', epoch);
    const rare = order.filter((i) => labels[i] === 1);
    rests.add(rare.length);
    expect(order).toHaveLength(23);
    const counts = [0, 1, 2].map((i) => rare.filter((one) => one === i).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const common = order.filter((i) => labels[i] === 0);
    expect(new Set(common).size).toBe(common.length);
    for (const i of common) seen.add(i);
  }
  expect(sorted(rests)).toEqual([11, 12]);
  expect(seen.size).toBe(20);
});

test('numbers out of range', () => {
  expect(() => createSampler(labels, { order: 'shuffle', batchSize: 0, seed: 1 })).toThrow(OptionError);
  expect(() => createSampler(labels, { order: 'any' as OrderName, batchSize: 1, seed: 1 })).toThrow(OptionError);
  const sampler = createSampler(labels, { order: 'shuffle', batchSize: 5, seed: 1 });
  expect(() => [...sampler.plan({ seed: 1, epoch: 0, position: 6 })]).toThrow(OptionError);
});

describe('random numbers', () => {
  test('a stream goes on from its place', () => {
    const stream = createRandomStream(5);
    const plain = createRandom(5);
    for (let i = 0; i < 10; i++) expect(stream.next()).toBe(plain());
    const other = createRandomStream(stream.state);
    for (let i = 0; i < 10; i++) expect(other.next()).toBe(stream.next());
  });

  test('mixed seeds depend on each part and its place', () => {
    const seeds = [
      mixSeeds(1, 2, 3),
      mixSeeds(1, 3, 2),
      mixSeeds(1, 2),
      mixSeeds(2, 2, 3),
      mixSeeds(1, 2, -1),
      mixSeeds(0),
      mixSeeds(),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(mixSeeds(1, 2, 3)).toBe(mixSeeds(1, 2, 3));
    const many = new Set(Array.from({ length: 10_000 }, (_, i) => mixSeeds(7, i >> 5, i & 31)));
    expect(many.size).toBeGreaterThan(9_990);
  });
});
