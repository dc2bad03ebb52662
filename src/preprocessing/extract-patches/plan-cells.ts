import { type SharedColors, shareColors } from '../../slide/icc/share-colors.ts';
import type { Slide } from '../../slide/slide.ts';
import { checkPatchFits, chooseCellSize } from './cell-size.ts';
import { groupIntoCells, type PatchCell } from './patch-cells.ts';
import type { PatchPlan } from './patch-plan.ts';
import { describeSampling, type PatchSampling } from './patch-sampling.ts';

/** Patches a side of a cell, where a slide reads its own regions. */
const FALLBACK_SIDE = 8;

export interface PlannedCells {
  readonly sampling: PatchSampling | undefined;
  readonly banded: boolean;
  /** For workers that open the slide themselves. */
  readonly colors: SharedColors | undefined;
  /** Patches whose corners lie this many level-0 pixels apart, at most, fit into one band; undefined where none do. */
  readonly bandWidth: number | undefined;
  readonly cells: Iterable<PatchCell>;
}

/**
 * The cells of a plan, and where their pixels come from. Without tiles that can be read by position, or where a band of them
 * does not fit into a worker's memory, the slide has to read regions (`banded` is false). Cells are as large as fit into `cellMemory`.
 * @throws OptionError where not even one patch and its file fit.
 */
export async function planCells(
  slide: Slide,
  plan: PatchPlan,
  workerMemory: number,
  cellMemory = workerMemory,
): Promise<PlannedCells> {
  const { geometry } = plan;
  const { x, y } = geometry.span;
  checkPatchFits(geometry.size, workerMemory);
  const sampling = await describeSampling(slide, plan);
  const fits = sampling && chooseCellSize(geometry, sampling, workerMemory);
  const size = cellMemory === workerMemory ? fits : sampling && chooseCellSize(geometry, sampling, cellMemory);
  const cells = groupIntoCells(plan, size ?? { width: x * FALLBACK_SIDE, height: y * FALLBACK_SIDE });
  const colors = fits ? undefined : await shareColors(slide);
  return { sampling, banded: fits !== undefined, colors, bandWidth: fits?.width, cells };
}
