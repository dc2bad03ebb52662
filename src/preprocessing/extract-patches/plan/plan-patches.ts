import { createPolygonIndex } from '../../../geometry/polygon-index.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { TissueMask, TissueResult } from '../../tissue-detection/tissue-mask.ts';
import type { PlanOptions } from '../options.ts';
import type { PatchPlan, PlannedPatch } from '../patch-plan.ts';
import { createClamGrid } from './clam-grid.ts';
import { createMaskSampler, type MaskSampler } from './mask-sampler.ts';
import { createNativeGrid } from './native-grid.ts';
import type { GridBlock, PatchGridLayout, PlanSlide } from './patch-grid.ts';
import { type ResolvedPlanOptions, resolvePlanOptions } from './resolve-options.ts';
import { createAreaTest, createMaskTest, createPointTest, POLYGON_RULES, type TissueTest } from './tissue-test.ts';
import { createTridentGrid } from './trident-grid.ts';

const GRIDS = { native: createNativeGrid, clam: createClamGrid, trident: createTridentGrid };

/**
 * Decides which patches are to be cut, without reading a pixel. Without `tissue` every grid position is in the plan. The
 * plan is a snapshot: later changes to the mask's bytes don't reach it. Patches come row by row, or with origin `contour`
 * contour by contour and column by column.
 *
 * @throws OptionError, LevelError, MissingMppError: before the first patch, never during iteration.
 */
export function planPatches(
  slide: PlanSlide,
  tissue: TissueResult | TissueMask | undefined,
  options?: PlanOptions,
): PatchPlan {
  const resolved = resolvePlanOptions(options);
  const result = tissue !== undefined && 'mask' in tissue ? tissue : undefined;
  checkTissue(resolved, result !== undefined);
  const layout = GRIDS[resolved.grid](slide, resolved, result?.polygons);
  const mask = result?.mask ?? (tissue as TissueMask | undefined);
  const sampler = mask && createMaskSampler(mask, layout.geometry.span);
  const createTest = sampler && createTissueTests(resolved, layout, sampler);
  const iterate = () => iterateBlocks(layout.blocks, sampler, createTest);
  return {
    geometry: layout.geometry,
    options: resolved,
    candidates: layout.blocks.reduce((sum, block) => sum + block.xs.count * block.ys.count, 0),
    [Symbol.iterator]: iterate,
    count: () => countItems(iterate()),
  };
}

/** Rules and origins that ask the polygons need polygons; a bare mask has none. */
function checkTissue({ grid, origin, tissueRule }: ResolvedPlanOptions, hasPolygons: boolean): void {
  if (hasPolygons) return;
  if (grid !== 'native') throw new OptionError('grid', 'native where there are no tissue polygons', grid);
  if (origin === 'contour') throw new OptionError('origin', 'slide where there are no tissue polygons', origin);
  if (POLYGON_RULES.includes(tissueRule))
    throw new OptionError('tissueRule', 'a rule of the mask where there are no tissue polygons', tissueRule);
}

/** The test for each block; the polygons are indexed once, and only where a rule asks them. */
function createTissueTests(
  options: ResolvedPlanOptions,
  layout: PatchGridLayout,
  sampler: MaskSampler,
): (block: GridBlock) => TissueTest {
  const { grid, tissueRule: rule, tissueThreshold } = options;
  const { points, polygons = [] } = layout;
  const { span } = layout.geometry;
  const isMaskCenter = rule === 'center' && grid === 'native';
  if (rule === 'fraction' || rule === 'any' || rule === 'all' || isMaskCenter) {
    const test = createMaskTest(rule, tissueThreshold, sampler);
    return () => test;
  }
  const index = createPolygonIndex(polygons);
  if (rule === 'polygon') return ({ polygon }) => createAreaTest(tissueThreshold, span, { index, polygon });
  return ({ polygon }) => createPointTest(rule, { points, span }, { index, polygon });
}

function* iterateBlocks(
  blocks: readonly GridBlock[],
  sampler: MaskSampler | undefined,
  createTest: ((block: GridBlock) => TissueTest) | undefined,
): Generator<PlannedPatch, void, undefined> {
  let index = 0;
  for (const block of blocks) {
    const { xs, ys } = block;
    const inner = block.order === 'rows' ? xs.count : ys.count;
    const test = createTest?.(block);
    for (let k = 0; k < xs.count * ys.count; k++) {
      const outer = Math.floor(k / inner);
      const x = xs.at(block.order === 'rows' ? k % inner : outer);
      const y = ys.at(block.order === 'rows' ? outer : k % inner);
      const tissueFraction = sampler === undefined ? 1 : sampler.getFraction(x, y);
      if (test === undefined || test(x, y, tissueFraction)) yield { index: index++, x, y, tissueFraction };
    }
  }
}

function countItems(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count++;
  return count;
}
