import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EDGE_MODES, type PlanOptions } from '../../src/preprocessing/extract-patches/options.ts';
import { planPatches } from '../../src/preprocessing/extract-patches/plan/plan-patches.ts';
import type { TissueMask } from '../../src/preprocessing/tissue-detection/tissue-mask.ts';
import {
  createRectangle,
  createSlide,
  createTissue,
} from '../unit/preprocessing/extract-patches/plan/plan-fixtures.ts';

/** A slide, and options for it by level 0 (whole spans) or by microns (fractional spans). */
const task = fc
  .record({
    width: fc.integer({ min: 40, max: 300 }),
    height: fc.integer({ min: 40, max: 300 }),
    size: fc.integer({ min: 1, max: 40 }),
    stride: fc.integer({ min: 1, max: 60 }),
    mpp: fc.option(fc.double({ min: 0.25, max: 0.5, noNaN: true })),
  })
  .map(({ width, height, size, stride, mpp }) => ({
    slide: createSlide(width, height, { mpp: 0.5 }),
    // Finer than the slide: a patch spans half to all of its pixels; strides stay above one level-0 pixel.
    options: mpp === null ? { level: 0, size, stride } : { mpp, size, stride: stride + 1 },
  }));

const plan = (t: { slide: ReturnType<typeof createSlide>; options: PlanOptions }, edge: (typeof EDGE_MODES)[number]) =>
  planPatches(t.slide, undefined, { ...t.options, edge });

describe('a plan without tissue', () => {
  it("'drop' and 'shift' keep every patch inside the slide", () => {
    fc.assert(
      fc.property(task, fc.constantFrom('drop' as const, 'shift' as const), (t, edge) => {
        const made = plan(t, edge);
        const { span } = made.geometry;
        const { width, height } = t.slide;
        const outside = [...made].filter(({ x, y }) => x < 0 || y < 0 || x + span.x > width || y + span.y > height);
        expect(outside).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('comes row by row, numbered, every position once, as many as it says', () => {
    fc.assert(
      fc.property(task, fc.constantFrom(...EDGE_MODES), (t, edge) => {
        const made = plan(t, edge);
        const patches = [...made];
        expect(patches.length).toBe(made.candidates);
        expect(made.count()).toBe(made.candidates);
        const misplaced = patches.filter((p, i) => {
          const before = patches[i - 1];
          const follows = before === undefined || p.y > before.y || (p.y === before.y && p.x > before.x);
          return p.index !== i || !follows || !Number.isInteger(p.x) || !Number.isInteger(p.y);
        });
        expect(misplaced).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("'pad' with stride = size covers every pixel of the slide exactly once", () => {
    fc.assert(
      fc.property(task, ({ slide, options }) => {
        const covered = countCover(
          slide,
          options.size,
          planPatches(slide, undefined, { level: 0, size: options.size, edge: 'pad' }),
        );
        expect(covered.every((times) => times === 1)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("'shift' and 'pad' with stride <= size cover every pixel, and 'drop' is part of both", () => {
    fc.assert(
      fc.property(task, ({ slide, options: { size, stride } }) => {
        const options = { level: 0, size, stride: Math.min(size, stride) };
        const [shift, pad] = (['shift', 'pad'] as const).map((edge) =>
          planPatches(slide, undefined, { ...options, edge }),
        );
        for (const made of [shift!, pad!]) {
          expect(countCover(slide, size, made).every((times) => times > 0)).toBe(true);
          const places = new Set([...made].map(({ x, y }) => `${x},${y}`));
          const dropped = [...planPatches(slide, undefined, options)];
          expect(dropped.filter(({ x, y }) => !places.has(`${x},${y}`))).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('shares of tissue', () => {
  const masks = fc.integer({ min: 1, max: 12 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      bits: fc.array(fc.nat(1), { minLength: width, maxLength: width * 12 }),
      x: fc.double({ min: 1, max: 20, noNaN: true }),
      y: fc.double({ min: 1, max: 20, noNaN: true }),
    }),
  );
  const asMask = ({ width, bits, x, y }: { width: number; bits: number[]; x: number; y: number }): TissueMask => {
    const height = Math.floor(bits.length / width);
    return { width, height, data: Uint8Array.from(bits.slice(0, width * height)), downsample: { x, y } };
  };

  // 2e-9: shares are rounded to nine decimals.
  it('are those of a sum over all mask pixels', () => {
    fc.assert(
      fc.property(task, masks, (t, made) => {
        const mask = asMask(made);
        const all = planPatches(t.slide, mask, { ...t.options, edge: 'pad', tissueThreshold: 0 });
        for (const { x, y, tissueFraction, index } of all) {
          if (index % 7 !== 0) continue;
          const { span } = all.geometry;
          expect(Math.abs(tissueFraction - sumShare(mask, { x, y }, span))).toBeLessThan(2e-9);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("are positive under 'any', whole under 'all', above the threshold under 'fraction'", () => {
    fc.assert(
      fc.property(task, masks, fc.double({ min: 0.01, max: 1, noNaN: true }), (t, made, tissueThreshold) => {
        const mask = asMask(made);
        const shares = (options: PlanOptions) =>
          [...planPatches(t.slide, mask, { ...t.options, ...options })].map((p) => p.tissueFraction);
        expect(shares({ tissueRule: 'all' }).every((share) => share === 1)).toBe(true);
        expect(shares({ tissueRule: 'any' }).every((share) => share > 0)).toBe(true);
        expect(shares({ tissueThreshold }).every((share) => share >= tissueThreshold)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  // A rectangle and a mask that say the same: the exact areas of both agree to the mask's nine decimals.
  it('by the mask and by the polygon agree', () => {
    const edges = fc.tuple(fc.nat(20), fc.nat(20), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(task, edges, fc.integer({ min: 1, max: 99 }), (t, [left, top, width, height], percent) => {
        const mask: TissueMask = { width: 40, height: 40, data: new Uint8Array(1600), downsample: { x: 5, y: 5 } };
        for (let j = top; j < top + height; j++) mask.data.fill(1, j * 40 + left, j * 40 + left + width);
        const box = [left * 5, top * 5, (left + width) * 5, (top + height) * 5] as const;
        const tissue = createTissue([createRectangle(...box)], mask);
        const threshold = percent / 100 + 1e-5 / 3;
        const kept = (tissueRule: 'fraction' | 'polygon') => [
          ...planPatches(t.slide, tissue, { ...t.options, tissueRule, tissueThreshold: threshold }),
        ];
        expect(kept('polygon')).toEqual(kept('fraction'));
      }),
      { numRuns: 100 },
    );
  });
});

function countCover(
  slide: { width: number; height: number },
  size: number,
  patches: Iterable<{ x: number; y: number }>,
): Uint16Array {
  const times = new Uint16Array(slide.width * slide.height);
  for (const { x, y } of patches)
    for (let row = y; row < Math.min(slide.height, y + size); row++)
      for (let col = x; col < Math.min(slide.width, x + size); col++) times[row * slide.width + col]!++;
  return times;
}

function sumShare(mask: TissueMask, at: { x: number; y: number }, span: { x: number; y: number }): number {
  const { x: dx, y: dy } = mask.downsample;
  let area = 0;
  for (let j = 0; j < mask.height; j++)
    for (let i = 0; i < mask.width; i++) {
      if (mask.data[j * mask.width + i] !== 1) continue;
      const width = Math.min((i + 1) * dx, at.x + span.x) - Math.max(i * dx, at.x);
      const height = Math.min((j + 1) * dy, at.y + span.y) - Math.max(j * dy, at.y);
      area += Math.max(0, width) * Math.max(0, height);
    }
  return area / (span.x * span.y);
}
