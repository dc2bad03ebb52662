import { describe, expect, test } from 'vitest';
import { createSeededRandom, hashNoise } from '../../../src/utils/seeded-random.ts';

describe('sfc32', () => {
  // Reference: the formulae in Python's unbounded integers, masked to 32 bits at each step.
  test.each([
    [1, [194122539, 2790205013, 2479500261, 1780500583, 1595816924]],
    ['tissue', [268688757, 3328435309, 2165384082, 1654204536, 730176996]],
  ])('seed %s gives the reference numbers', (seed, expected) => {
    const random = createSeededRandom(seed);
    expect(Array.from({ length: 5 }, () => random.uint32())).toEqual(expected);
  });

  test('uniform: mean 1/2, variance 1/12, 20 bins even (chi-square below 43.8, p = 0.001 at 19 degrees)', () => {
    const random = createSeededRandom(7);
    const n = 100_000;
    const bins = new Array<number>(20).fill(0);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      sum += u;
      squares += u * u;
      bins[Math.floor(u * 20)]! += 1;
    }
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(0.004);
    expect(Math.abs(squares / n - (sum / n) ** 2 - 1 / 12)).toBeLessThan(0.002);
    expect(bins.reduce((chi, count) => chi + (count - n / 20) ** 2 / (n / 20), 0)).toBeLessThan(43.8);
  });

  test('gaussian: mean, deviation and the share within one deviation', () => {
    const random = createSeededRandom('g');
    const draws = Array.from({ length: 100_000 }, () => random.gaussian(10, 2));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const deviation = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length);
    expect(Math.abs(mean - 10)).toBeLessThan(0.03);
    expect(Math.abs(deviation - 2)).toBeLessThan(0.03);
    expect(draws.filter((x) => Math.abs(x - 10) < 2).length / draws.length).toBeCloseTo(0.6827, 2);
  });

  test('integers stay in their range, ends included, and impossible ranges throw', () => {
    const random = createSeededRandom(3);
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(-2, 3)));
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    expect(random.integer(5, 5)).toBe(5);
    expect(() => random.integer(2, 1)).toThrow(RangeError);
    expect(() => random.integer(0.5, 1)).toThrow(RangeError);
  });

  test('shuffles are permutations and repeat with the seed; every position is as likely', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = createSeededRandom(9).shuffle([...items]);
    expect(shuffled).toEqual(createSeededRandom(9).shuffle([...items]));
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
    const random = createSeededRandom(11);
    const firsts = [0, 0, 0];
    for (let i = 0; i < 9000; i++) firsts[random.shuffle([0, 1, 2])[0]!]! += 1;
    for (const count of firsts) expect(Math.abs(count - 3000)).toBeLessThan(200);
  });

  test('a fork is its own stream and leaves its parent alone', () => {
    const parent = createSeededRandom(1);
    const child = parent.fork('slide');
    expect(child.uint32()).not.toBe(194122539);
    expect(parent.uint32()).toBe(194122539);
    expect(createSeededRandom(1).fork('slide').uint32()).toBe(createSeededRandom(1).fork('slide').uint32());
  });
});

describe('hash noise', () => {
  test('even, and neighbours, rows and seeds are unrelated (|correlation| < 0.02 over 40,000 points)', () => {
    const n = 200;
    const grid = (seed: number, dx: number, dy: number) =>
      Float64Array.from({ length: n * n }, (_, i) => hashNoise(seed, (i % n) + dx - 100, Math.floor(i / n) + dy - 100));
    const here = grid(5, 0, 0);
    expect(Math.abs(here.reduce((sum, v) => sum + v, 0) / here.length - 0.5)).toBeLessThan(0.01);
    expect(Math.min(...here)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...here)).toBeLessThan(1);
    for (const other of [grid(5, 1, 0), grid(5, 0, 1), grid(5, 1, 1), grid(6, 0, 0)])
      expect(Math.abs(correlate(here, other))).toBeLessThan(0.02);
    expect(new Set(here).size).toBeGreaterThan(39_990);
  });

  test('it has no state', () => {
    expect(hashNoise(1, 2, 3)).toBe(hashNoise(1, 2, 3));
    expect(hashNoise(1, 2, 3)).not.toBe(hashNoise(1, 3, 2));
  });
});

function correlate(a: Float64Array, b: Float64Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  a.forEach((value, i) => {
    const x = value - 0.5;
    const y = b[i]! - 0.5;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  });
  return ab / Math.sqrt(aa * bb);
}
