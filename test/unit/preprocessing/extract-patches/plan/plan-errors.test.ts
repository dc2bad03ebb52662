import { describe, expect, it } from 'vitest';
import type { PlanOptions } from '../../../../../src/preprocessing/extract-patches/options.ts';
import { planPatches } from '../../../../../src/preprocessing/extract-patches/plan/plan-patches.ts';
import { LevelError, MissingMppError, OptionError } from '../../../../../src/utils/errors.ts';
import { createMask, createRectangle, createSlide, createTissue } from './plan-fixtures.ts';

const slide = createSlide(4000, 3000, { mpp: 0.5, downsamples: [4] });
const roi = { left: 0, top: 0, right: 10, bottom: 10 };

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('options that can not be', () => {
  it.each<[string, PlanOptions]>([
    ['size', { size: 0 }],
    ['size', { size: 2.5 }],
    ['stride', { stride: 0 }],
    ['stride', { stride: -5 }],
    ['overlap', { size: 256, overlap: 256 }],
    ['overlap', { size: 256, overlap: -1 }],
    ['overlap', { overlap: 10, stride: 10 }],
    ['mpp', { mpp: 0.5, level: 0 }],
    ['mpp', { mpp: 0 }],
    ['mpp', { mpp: Number.NaN }],
    ['mpp', { mpp: 1, grid: 'clam' }],
    ['level', { level: -1 }],
    ['level', { level: 0.5 }],
    ['tissueThreshold', { tissueThreshold: 1.01 }],
    ['tissueRule', { tissueRule: 'most' as 'any' }],
    ['tissueRule', { tissueRule: 'any', grid: 'clam' }],
    ['tissueRule', { tissueRule: 'fraction', grid: 'trident' }],
    ['edge', { edge: 'wrap' as 'pad' }],
    ['edge', { edge: 'shift', grid: 'clam' }],
    ['origin', { origin: 'slide', grid: 'clam' }],
    ['grid', { grid: 'square' as 'clam' }],
    ['roi', { roi }],
    ['roi.right', { grid: 'clam', roi: { ...roi, right: 0 } }],
    ['roi.top', { grid: 'clam', roi: { ...roi, top: Number.NaN } }],
    ['stride', { mpp: 0.01, stride: 10 }],
  ])('%s: %o', (option, options) => {
    const error = failure(() => planPatches(slide, createTissue([createRectangle(0, 0, 9, 9)]), options));
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ option });
    expect(String(error)).toContain(`\`${option}\``);
  });

  it('takes an explicit undefined for nothing', () => {
    const options = {
      stride: undefined,
      overlap: 12,
      level: undefined,
      mpp: undefined,
      grid: undefined,
      edge: undefined,
    };
    expect(planPatches(slide, undefined, options).options).toMatchObject({ stride: 500, mpp: 0.5, edge: 'drop' });
  });
});

describe('slides that do not fit', () => {
  it('a level that does not exist', () => {
    const error = failure(() => planPatches(slide, undefined, { level: 2 }));
    expect(error).toBeInstanceOf(LevelError);
    expect(error).toMatchObject({ slide: 'made.svs', level: 2 });
  });

  it('microns asked of a slide without', () => {
    const error = failure(() => planPatches(createSlide(4000, 3000), undefined));
    expect(error).toBeInstanceOf(MissingMppError);
    expect(String(error)).toContain('patch extraction');
    expect(planPatches(createSlide(4000, 3000), undefined, { level: 0 }).count()).toBe(35);
  });

  it.each<[string, PlanOptions]>([
    ['512 px at 8 um/px span 8192 x 8192 level-0 px', { mpp: 8 }],
    ['1024 px at level 1 span 4096 x 4096 level-0 px', { size: 1024, level: 1, edge: 'shift' }],
    ['4096 px at level 0 span 4096 x 4096 level-0 px', { size: 4096, grid: 'clam', edge: 'drop' }],
  ])('a patch larger than the slide: %s', (spans, options) => {
    const error = failure(() => planPatches(slide, createTissue([createRectangle(0, 0, 9, 9)]), options));
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ option: 'size', hint: expect.stringContaining('--edge pad') });
    expect(String(error)).toContain(`made.svs (4000 x 3000; ${spans})`);
  });
});

describe('polygons where there are none', () => {
  const mask = createMask(['#'], 4000);
  it.each<[string, PlanOptions]>([
    ['tissueRule', { tissueRule: 'four-pt' }],
    ['tissueRule', { tissueRule: 'polygon' }],
    ['origin', { origin: 'contour' }],
    ['grid', { grid: 'clam' }],
    ['grid', { grid: 'trident' }],
  ])('%s: %o', (option, options) => {
    for (const tissue of [mask, undefined]) {
      const error = failure(() => planPatches(slide, tissue, options));
      expect(error).toBeInstanceOf(OptionError);
      expect(error).toMatchObject({ option });
    }
  });
});
