import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getPatchWindow } from '../../../../src/preprocessing/extract-patches/patch-sampling.ts';

describe('the window of a patch on a reduced level', () => {
  const downsample = { x: 4, y: 8 };
  const stepBetween = { x: 1.0008, y: 1 };

  it('begins at the very corner, and ends where the patch does, for any corner and step', () => {
    const number = fc.integer({ min: -5000, max: 100_000 });
    const step = fc.double({ min: 0.995, max: 3, noNaN: true });
    fc.assert(
      fc.property(number, number, step, fc.boolean(), (x, y, scale, rest) => {
        const sampling = { downsample, step: rest ? { x: scale, y: scale } : undefined, stepBetween };
        const window = getPatchWindow(sampling, { x, y }, 100);
        expect((window.x + window.offsetX) * downsample.x).toBeCloseTo(x, 9);
        expect((window.y + window.offsetY) * downsample.y).toBeCloseTo(y, 9);
        expect(Number.isInteger(window.x) && Number.isInteger(window.y)).toBe(true);
        const used = window.step ?? { x: 1, y: 1 };
        expect(window.width).toBeGreaterThanOrEqual(window.offsetX + 100 * used.x - 1e-9);
        expect(window.height).toBeGreaterThanOrEqual(window.offsetY + 100 * used.y - 1e-9);
      }),
    );
  });

  it('is the patch itself where the corner lies on its pixels, and resampled where it does not', () => {
    const sampling = { downsample, step: undefined, stepBetween };
    const place = { width: 100, height: 100, offsetX: 0, offsetY: 0 };
    expect(getPatchWindow(sampling, { x: 400, y: 160 }, 100)).toEqual({ ...place, x: 100, y: 20, step: undefined });
    const between = getPatchWindow(sampling, { x: 401, y: 160 }, 100);
    expect(between).toMatchObject({ x: 100, y: 20, offsetX: 0.25, offsetY: 0, step: stepBetween });
  });

  it('is rounded on a level as stored, as regions of it are', () => {
    const window = getPatchWindow({ downsample, step: undefined }, { x: 403, y: 165 }, 100);
    expect(window).toMatchObject({ x: 101, y: 21, offsetX: 0, offsetY: 0, step: undefined });
  });
});
