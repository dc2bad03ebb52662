import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from './seeded-random.ts';
import { ROOT } from './shared-data.ts';

describe('sfc32', () => {
  // Reference: the formulae in Python's unbounded integers, masked to 32 bits at each step.
  test.each([
    [1, [194122539, 2790205013, 2479500261, 1780500583, 1595816924]],
    ['tissue', [268688757, 3328435309, 2165384082, 1654204536, 730176996]],
  ])('seed %s gives the reference numbers', (seed, expected) => {
    const random = createSeededRandom(seed);
    expect(Array.from({ length: 5 }, () => random.integer(0, 2 ** 32 - 1))).toEqual(expected);
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

  test('integers stay in their range, ends included, and impossible ranges throw', () => {
    const random = createSeededRandom(3);
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(-2, 3)));
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    expect(random.integer(5, 5)).toBe(5);
    expect(() => random.integer(2, 1)).toThrow(RangeError);
    expect(() => random.integer(0.5, 1)).toThrow(RangeError);
  });
});

test('no test draws otherwise: what passes once passes again', () => {
  const chance = ['Math', 'random('].join('.');
  const files = globSync('test/**/*.ts', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes(chance))).toEqual([]);
});
