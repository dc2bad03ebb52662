import { expect, it } from 'vitest';
import { createFacts } from '../../../src/inference/embed/create-facts.ts';
import type { Backbone } from '../../../src/inference/embed/read-backbone.ts';
import type { PlanOptions } from '../../../src/preprocessing/extract-patches/options.ts';
import { planPatches } from '../../../src/preprocessing/extract-patches/plan/plan-patches.ts';
import type { Slide } from '../../../src/slide/slide.ts';

const backbone = { name: 'tiny', sha256: 'a', mean: [0, 0, 0], std: [1, 1, 1], take: { output: 'y' } };

function getMagnification(mpp: number, options: PlanOptions, objectivePower?: number) {
  const level = (downsample: number) => ({
    width: 40_000 / downsample,
    height: 40_000 / downsample,
    downsample: { x: downsample, y: downsample },
  });
  const levels = [level(1), level(4)];
  const slide = { name: 'a.svs', ...levels[0], mpp: { x: mpp, y: mpp }, objectivePower, levels } as unknown as Slide;
  const plan = planPatches(slide, undefined, { size: 224, ...options });
  const facts = { slideId: 'a', backbone: backbone as unknown as Backbone, taken: 'vector', stain: undefined };
  return createFacts(slide, plan, facts).magnification;
}

it('the magnification of patches follows from the pixel size asked for, on every scanner; else from the level', () => {
  // Of 40x slides: Aperio, Hamamatsu, 3DHISTECH, and one that rounds.
  for (const mpp of [0.2527, 0.2204, 0.2427, 0.25])
    expect(getMagnification(mpp, { mpp: 0.5 })).toEqual({ slide: 40, patch: 20 });
  expect(getMagnification(0.2527, { mpp: 1 })).toEqual({ slide: 40, patch: 10 });
  expect(getMagnification(0.2527, { mpp: 0.4 })).toEqual({ slide: 40, patch: 25 });
  // Its own 2x pixels are within the tolerance, and are taken as they are.
  expect(getMagnification(0.2496, { mpp: 0.9984, mppTolerance: 0.01 })).toEqual({ slide: 40, patch: 10 });
  expect(getMagnification(0.2204, { level: 0 })).toEqual({ slide: 40, patch: 40 });
  expect(getMagnification(0.2204, { level: 1 })).toEqual({ slide: 40, patch: 10 });
});
