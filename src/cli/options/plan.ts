import {
  EDGE_MODES,
  PATCH_GRIDS,
  PATCH_ORIGINS,
  PLAN_DEFAULTS,
  type PlanOptions,
  TISSUE_RULES,
} from '../../preprocessing/extract-patches/options.ts';
import { resolvePlanOptions } from '../../preprocessing/extract-patches/plan/resolve-options.ts';
import { OptionError } from '../../utils/errors.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags, dropUndefined } from './convert.ts';

const group = 'Patches, where:';

/** Which patches are cut: each is an option of `planPatches`, and its `mpp` is `--patch-mpp` here. */
export const PLAN_OPTIONS = {
  size: { type: 'number', describe: 'pixels of a patch, square', default: PLAN_DEFAULTS.size, group },
  patchMpp: {
    type: 'number',
    describe: 'microns per pixel of a patch; excludes --level',
    default: PLAN_DEFAULTS.mpp,
    group,
  },
  mppTolerance: {
    type: 'number',
    describe: 'share by which a level may differ from --patch-mpp and still be cut as it is, without resampling',
    default: PLAN_DEFAULTS.mppTolerance,
    group,
  },
  fastDownsample: {
    type: 'boolean',
    describe:
      'where patches have half or fewer of the pixels that are read, decode JPEG tiles at 1/2, 1/4 or 1/8 size: faster, ' +
      'not the exact average',
    default: PLAN_DEFAULTS.fastDownsample,
    group,
  },
  level: {
    type: 'number',
    describe: 'cut at this level (from 0) on its own pixels; needs no microns; excludes --patch-mpp',
    group,
  },
  stride: {
    type: 'number',
    describe: 'patch pixels from one patch to the next; excludes --overlap',
    default: 'the size',
    group,
  },
  overlap: { type: 'number', describe: 'patch pixels that neighbours share; excludes --stride', default: 0, group },
  grid: {
    type: 'string',
    choices: PATCH_GRIDS,
    describe: "slideloom's own grid, or position for position that of another tool",
    default: PLAN_DEFAULTS.grid,
    group,
  },
  origin: {
    type: 'string',
    choices: PATCH_ORIGINS,
    describe: 'one grid from the corner of the slide, or one for each piece of tissue from its bounding box',
    default: PLAN_DEFAULTS.origin,
    group,
  },
  edge: {
    type: 'string',
    choices: EDGE_MODES,
    describe: 'patches that stick out at the right and bottom: left out, kept (white outside) or moved inside',
    default: PLAN_DEFAULTS.edge,
    group,
  },
  tissueRule: {
    type: 'string',
    choices: TISSUE_RULES,
    describe: 'when a patch counts as tissue',
    default: PLAN_DEFAULTS.tissueRule,
    group,
  },
  tissueThreshold: {
    type: 'number',
    describe: "rules fraction, polygon: share of a patch's area that must be tissue, 0 to 1",
    default: PLAN_DEFAULTS.tissueThreshold,
    group,
  },
  roi: {
    type: 'numbers',
    describe: 'grid clam: left,top,right,bottom of the region to plan in, level-0 pixels',
    default: 'the slide',
    group,
  },
} as const satisfies OptionTable;

type PlanArguments = ParsedOptions<typeof PLAN_OPTIONS>;

/** For `planPatches`; what was not given is left out. @throws UsageError */
export function toPlanOptions(args: PlanArguments): PlanOptions {
  return checkWithFlags({ mpp: 'patchMpp' }, () => {
    const {
      size,
      patchMpp: mpp,
      mppTolerance,
      fastDownsample,
      level,
      stride,
      overlap,
      grid,
      origin,
      edge,
      tissueRule,
      tissueThreshold,
    } = args;
    const where = { size, mpp, mppTolerance, fastDownsample, level, stride, overlap, grid, origin, edge };
    const options: PlanOptions = { ...dropUndefined({ ...where, tissueRule, tissueThreshold, roi: toRoi(args.roi) }) };
    resolvePlanOptions(options);
    return options;
  });
}

function toRoi(sides: readonly number[] | undefined): PlanOptions['roi'] {
  if (sides === undefined) return undefined;
  const [left, top, right, bottom, more] = sides;
  if (left === undefined || top === undefined || right === undefined || bottom === undefined || more !== undefined)
    throw new OptionError('roi', 'four numbers left,top,right,bottom', sides.join(','));
  return { left, top, right, bottom };
}
