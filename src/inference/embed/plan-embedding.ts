import { basename, join } from 'node:path';
import { createListPlan, type PatchCorners } from '../../preprocessing/extract-patches/list-plan.ts';
import type { PlanOptions } from '../../preprocessing/extract-patches/options.ts';
import type { PatchPlan } from '../../preprocessing/extract-patches/patch-plan.ts';
import { type PatchStain, resolvePatchStain } from '../../preprocessing/extract-patches/patch-stain.ts';
import { planPatches } from '../../preprocessing/extract-patches/plan/plan-patches.ts';
import type { BadTilePolicy } from '../../preprocessing/extract-patches/run-options.ts';
import type { PatchStainOptions } from '../../preprocessing/extract-patches/stain-options.ts';
import type { TissueMask, TissueResult } from '../../preprocessing/tissue-detection/tissue-mask.ts';
import type { Slide } from '../../slide/slide.ts';
import { OptionError } from '../../utils/errors.ts';
import type { Backbone } from './read-backbone.ts';

/** Which patches of a slide a model sees, and in which colours. */
export interface EmbedPlanOptions extends PlanOptions {
  /** Which parts are tissue; every grid position without it. */
  tissue?: TissueResult | TissueMask | undefined;
  /** Embed exactly these patches, level-0 corners, instead of a grid; `tissue` then has no say. */
  coords?: PatchCorners | undefined;
  /** Normalises stains, as `extractPatches` does. The slide's profile is kept in `out`, in `<slide>/patches`, and used again. */
  stain?: PatchStainOptions | undefined;
  /** `fail` stops the slide, `skip` leaves such patches out, `white` paints the tile white; each lists the tile. */
  onBadTile?: BadTilePolicy | undefined;
  signal?: AbortSignal | undefined;
}

/** @throws OptionError, MissingMppError, LevelError */
export function planEmbedding(slide: Slide, { side, mpp, path }: Backbone, options: EmbedPlanOptions): PatchPlan {
  const { size = side, coords, tissue } = options;
  if (size !== side)
    throw new OptionError('size', `${side}, the side of the pictures that ${basename(path)} takes`, size, {
      hint: 'patches of other microns are cut with --patch-mpp (library: mpp)',
    });
  const byCard = options.level === undefined && options.grid !== 'clam' ? mpp : undefined;
  const { mppTolerance, fastDownsample, level, stride, overlap, grid, origin, edge, tissueRule, tissueThreshold, roi } =
    options;
  const planOptions = {
    ...{ size, mpp: options.mpp ?? byCard, mppTolerance, fastDownsample, level, stride, overlap, grid, origin, edge },
    ...{ tissueRule, tissueThreshold, roi },
  };
  return coords ? createListPlan(slide, coords, planOptions) : planPatches(slide, tissue, planOptions);
}

/**
 * The colours of a plan's patches; undefined where stains are not normalised.
 * @param place folder and name of the slide's outputs
 * @throws as `resolvePatchStain`
 */
export async function findStain(
  slide: Slide,
  plan: PatchPlan,
  { stain, tissue, onBadTile, signal, out, slideId }: EmbedPlanOptions & { out: string; slideId: string },
): Promise<PatchStain | undefined> {
  if (!stain) return undefined;
  const mask = tissue && ('mask' in tissue ? tissue.mask : tissue);
  const hasPatches = plan[Symbol.iterator]().next().done !== true;
  // Where `patches` keeps it: the stains of a cohort are looked for by what both do.
  const cacheFolder = join(out, slideId, 'patches');
  return resolvePatchStain(slide, stain, { mask, cacheFolder, hasPatches, onBadTile, signal });
}
