import type { Box } from '../../../geometry/polygon.ts';
import { OptionError } from '../../../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber } from '../../../utils/options.ts';
import {
  type EdgeMode,
  GRID_CHOICES,
  PATCH_GRIDS,
  type PatchGrid,
  type PatchOrigin,
  PLAN_DEFAULTS,
  type PlanOptions,
  type TissueRule,
} from '../options.ts';

/** Options with every default filled in and nothing contradictory; plain data, fit for a record. */
export interface ResolvedPlanOptions {
  readonly size: number;
  /** Exactly one of `mpp` and `level` is set. */
  readonly mpp: number | undefined;
  readonly level: number | undefined;
  readonly mppTolerance: number;
  readonly fastDownsample: boolean;
  readonly stride: number;
  readonly grid: PatchGrid;
  readonly origin: PatchOrigin;
  readonly edge: EdgeMode;
  readonly tissueRule: TissueRule;
  readonly tissueThreshold: number;
  readonly roi: Box | undefined;
}

/** @throws OptionError for a value out of range, or for options that exclude each other. */
export function resolvePlanOptions(options: PlanOptions = {}): ResolvedPlanOptions {
  const grid = checkChoice('grid', options.grid ?? PLAN_DEFAULTS.grid, PATCH_GRIDS);
  const choices = GRID_CHOICES[grid];
  const size = checkInteger('size', options.size ?? PLAN_DEFAULTS.size, { min: 1 });
  return Object.freeze({
    size,
    ...resolveTarget(grid, options),
    mppTolerance: checkNumber('mppTolerance', options.mppTolerance ?? PLAN_DEFAULTS.mppTolerance, { min: 0, max: 0.1 }),
    fastDownsample: checkBoolean('fastDownsample', options.fastDownsample ?? PLAN_DEFAULTS.fastDownsample),
    stride: resolveStride(size, options),
    grid,
    origin: choose(grid, 'origin', options.origin, choices.origin),
    edge: choose(grid, 'edge', options.edge, choices.edge),
    tissueRule: choose(grid, 'tissueRule', options.tissueRule, choices.tissueRule),
    tissueThreshold: checkNumber('tissueThreshold', options.tissueThreshold ?? choices.tissueThreshold, {
      min: 0,
      max: 1,
    }),
    roi: resolveRoi(grid, options.roi),
  });
}

function resolveTarget(grid: PatchGrid, { mpp, level }: PlanOptions): Pick<ResolvedPlanOptions, 'mpp' | 'level'> {
  if (mpp !== undefined && level !== undefined) throw new OptionError('mpp', 'no value beside `level`', mpp);
  if (grid === 'clam' && mpp !== undefined)
    throw new OptionError('mpp', 'no value with grid clam, which knows levels only: give `level`', mpp);
  if (level !== undefined || grid === 'clam')
    return { mpp: undefined, level: checkInteger('level', level ?? 0, { min: 0 }) };
  return { mpp: checkNumber('mpp', mpp ?? PLAN_DEFAULTS.mpp, { above: 0 }), level: undefined };
}

function resolveStride(size: number, { stride, overlap }: PlanOptions): number {
  if (stride !== undefined && overlap !== undefined)
    throw new OptionError('overlap', 'no value beside `stride`', overlap);
  if (overlap === undefined) return checkInteger('stride', stride ?? size, { min: 1 });
  if (Number.isInteger(overlap) && overlap >= 0 && overlap < size) return size - overlap;
  throw new OptionError('overlap', `an integer of at least 0 and less than the patch size (${size})`, overlap);
}

function choose<T extends string>(grid: PatchGrid, option: string, value: T | undefined, choices: readonly T[]): T {
  const chosen = value ?? choices[0];
  if (chosen !== undefined && choices.includes(chosen)) return chosen;
  throw new OptionError(option, `one of ${choices.join(', ')} (grid ${grid})`, value);
}

function resolveRoi(grid: PatchGrid, roi: Box | undefined): Box | undefined {
  if (roi === undefined) return undefined;
  if (grid !== 'clam') throw new OptionError('roi', `no value with grid ${grid}`, roi);
  const { left, top, right, bottom } = roi;
  for (const [side, value] of Object.entries({ left, top })) checkNumber(`roi.${side}`, value);
  checkNumber('roi.right', right, { above: left });
  checkNumber('roi.bottom', bottom, { above: top });
  return { left, top, right, bottom };
}
