import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseRunLimits,
  splitIntoShardRuns,
} from '../../../../../src/preprocessing/extract-patches/shards/shard-runs.ts';

/** A cell of a grid, row by row; some positions hold no tissue. */
function createCell(columns: number, rows: number, holes: ReadonlySet<number> = new Set()) {
  const patches = Array.from({ length: columns * rows }, (_, index) => ({
    index,
    x: (index % columns) * 512,
    y: Math.floor(index / columns) * 512,
    tissueFraction: 1,
  }));
  return { patches: patches.filter(({ index }) => !holes.has(index)) };
}

const MIB = 2 ** 20;

describe('runs of patches for shards', () => {
  it('hold every patch once, in the order of the cells, within their limits, whatever these are', () => {
    const cell = fc.record({
      columns: fc.integer({ min: 1, max: 12 }),
      rows: fc.integer({ min: 1, max: 12 }),
      holes: fc.uniqueArray(fc.nat(143)),
    });
    const limits = fc.record({
      patches: fc.integer({ min: 1, max: 50 }),
      bandWidth: fc.option(fc.integer({ min: 1, max: 8192 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 4 }), limits, (shapes, given) => {
        const cells = shapes.map(({ columns, rows, holes }) => createCell(columns, rows, new Set(holes)));
        const runs = [...splitIntoShardRuns(cells, given)];
        expect(runs.flat()).toEqual(cells.flatMap(({ patches }) => patches));
        for (const run of runs) {
          const columns = run.map(({ x }) => x);
          expect(run.length).toBeGreaterThan(0);
          expect(run.length).toBeLessThanOrEqual(given.patches);
          const apart = Math.max(...columns) - Math.min(...columns);
          expect(apart === 0 || apart < (given.bandWidth ?? Infinity)).toBe(true);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('end with a row where they can', () => {
    const runs = [...splitIntoShardRuns([createCell(8, 8)], { patches: 21, bandWidth: undefined })];
    expect(runs.map(({ length }) => length)).toEqual([16, 16, 16, 16]);
    const narrow = [...splitIntoShardRuns([createCell(8, 2)], { patches: 5, bandWidth: undefined })];
    expect(narrow.map(({ length }) => length)).toEqual([5, 3, 5, 3]);
  });

  it('take a quarter of a worker for their pixels, or are one patch', () => {
    const limits = (size: number, mib: number) => chooseRunLimits({ size }, { workerMemory: mib * MIB, bandWidth: 9 });
    expect(limits(512, 64)).toEqual({ patches: 21, bandWidth: 9 });
    expect(limits(256, 64).patches).toBe(85);
    expect(limits(4096, 64).patches).toBe(1);
  });
});
