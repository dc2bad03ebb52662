import type { FeatureFacts } from '../../io/feature-files/feature-table.ts';
import type { PatchPlan } from '../../preprocessing/extract-patches/patch-plan.ts';
import type { PatchStain } from '../../preprocessing/extract-patches/patch-stain.ts';
import type { Slide } from '../../slide/slide.ts';
import type { Backbone } from './read-backbone.ts';

/** What files of features say of slide, patches and model. */
export function createFacts(
  slide: Slide,
  plan: PatchPlan,
  facts: {
    readonly slideId: string;
    readonly backbone: Backbone;
    readonly taken: string;
    readonly stain: PatchStain | undefined;
  },
): FeatureFacts {
  const { size, span, mpp, downsample } = plan.geometry;
  const { name, sha256, mean, std, take } = facts.backbone;
  const magnification = findMagnification(slide);
  const { stain } = facts;
  return {
    slide: facts.slideId,
    width: slide.width,
    height: slide.height,
    mpp: slide.mpp && { x: slide.mpp.x, y: slide.mpp.y },
    patch: { size, overlap: Math.max(0, size - plan.options.stride), span, mpp },
    level: chooseLevel(slide, plan),
    magnification:
      magnification === undefined
        ? undefined
        : { slide: magnification, patch: getPatchMagnification(plan) ?? snap(magnification / downsample.x) },
    model: { name, sha256, output: take.output, take: facts.taken, mean, std },
    ...(stain && { stain: { method: stain.method, fit: stain.fit } }),
  };
}

/** The level whose pixels the patches have; level 0 and the pixels that a patch spans there, where they are between levels. */
function chooseLevel({ levels, width, height }: Slide, { geometry }: PatchPlan): FeatureFacts['level'] {
  const { size, span, downsample } = geometry;
  const index = levels.findIndex(({ downsample: own }) => isSame(own.x, downsample.x) && isSame(own.y, downsample.y));
  const found = levels[index];
  if (!found) return { index: 0, width, height, downsample: { x: 1, y: 1 }, size: Math.round(span.x) };
  return { index, width: found.width, height: found.height, downsample: found.downsample, size };
}

/** A level's own downsample is a quotient of sizes: rounded, not exact. */
function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * a;
}

/** Microns per pixel times magnification, by the convention of TRIDENT and OpenSlide. */
const MICRONS_AT_1X = 10;

/** Upper ends of microns per pixel, and the magnification that TRIDENT takes slides up to there for. */
const MAGNIFICATIONS = [
  [0.16, 80],
  [0.2, 60],
  [0.3, 40],
  [0.6, 20],
  [1.2, 10],
  [2.4, 5],
] as const;

/**
 * Where a pixel size was asked for the magnification follows from it alone, as in TRIDENT, whose 20x is 0.5 microns on every
 * scanner: a cohort of many scanners has one folder. Undefined where a level was asked for.
 */
function getPatchMagnification({ options }: PatchPlan): number | undefined {
  return options.mpp === undefined ? undefined : snap(MICRONS_AT_1X / options.mpp);
}

function findMagnification({ mpp, objectivePower }: Slide): number | undefined {
  const by = mpp && MAGNIFICATIONS.find(([end]) => mpp.x < end)?.[1];
  return by ?? objectivePower;
}

/** 19.98 is meant to be 20: patches are cut at a pixel size, of which magnifications are an approximation. */
function snap(magnification: number): number {
  const nearest = Math.round(magnification);
  return nearest > 0 && Math.abs(magnification - nearest) <= 0.02 * nearest ? nearest : magnification;
}
