import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupIntoCells } from '../../../../src/preprocessing/extract-patches/patch-cells.ts';
import type { PlannedPatch } from '../../../../src/preprocessing/extract-patches/patch-plan.ts';

const patch = (index: number, x: number, y: number): PlannedPatch => ({ index, x, y, tissueFraction: 1 });

describe('cells of patches', () => {
  it('hold each patch once, in one place, top to bottom', () => {
    const corner = fc.tuple(fc.integer({ min: -50, max: 900 }), fc.integer({ min: -50, max: 900 }));
    fc.assert(
      fc.property(fc.array(corner, { maxLength: 200 }), fc.integer({ min: 1, max: 64 }), (corners, window) => {
        const plan = corners.map(([x, y], index) => patch(index, x, y));
        const cells = [...groupIntoCells(plan, { width: 100, height: 130, window })];
        const seen = cells.flatMap((cell) => cell.patches.map(({ index }) => index));
        expect([...seen].sort((a, b) => a - b)).toEqual(plan.map(({ index }) => index));
        for (const { patches } of cells) {
          expect(new Set(patches.map(({ x }) => Math.floor(x / 100))).size).toBe(1);
          expect(new Set(patches.map(({ y }) => Math.floor(y / 130))).size).toBe(1);
          const rows = patches.map(({ y }) => y);
          expect(rows).toEqual([...rows].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('cut a plan in row order at whole rows of cells', () => {
    const plan = Array.from({ length: 4000 }, (_, i) => patch(i, (i % 40) * 10, Math.floor(i / 40) * 10));
    const cells = [...groupIntoCells(plan, { width: 100, height: 100, window: 1000 })];
    // 4 x 10 cells of 10 x 10 patches: none is split by the window.
    expect(cells.map(({ patches }) => patches.length)).toEqual(new Array(40).fill(100));
  });

  it('take from the plan no more than the window ahead', () => {
    let taken = 0;
    function* endless() {
      for (let i = 0; ; i++) {
        taken++;
        yield patch(i, i * 10, 0);
      }
    }
    const cells = groupIntoCells(endless(), { width: 100, height: 100, window: 500 });
    cells.next();
    expect(taken).toBeLessThanOrEqual(501);
  });
});
