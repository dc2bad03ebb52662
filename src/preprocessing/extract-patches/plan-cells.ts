import type { Slide } from '../../slide/slide.ts';
import { checkPatchFits, chooseCellSize } from './cell-size.ts';
import { groupIntoCells, type PatchCell } from './patch-cells.ts';
import type { PatchPlan } from './patch-plan.ts';
import { describeSampling, type PatchSampling } from './patch-sampling.ts';

/** Patches a side of a cell, where a slide reads its own regions. */
const FALLBACK_SIDE = 8;

/**
 * The cells of a plan, and where their pixels come from. Without tiles that can be read by position, or where a band of them
 * does not fit into a worker's memory, the slide has to read regions (`banded` is false).
 * @throws OptionError where not even one patch and its file fit.
 */
export async function planCells(
  slide: Slide,
  plan: PatchPlan,
  workerMemory: number,
): Promise<{ sampling: PatchSampling | undefined; banded: boolean; cells: Iterable<PatchCell> }> {
  const { geometry } = plan;
  const { x, y } = geometry.span;
  checkPatchFits(geometry.size, workerMemory);
  const sampling = await describeSampling(slide, geometry);
  const size = sampling && chooseCellSize(geometry, sampling, workerMemory);
  const cells = groupIntoCells(plan, size ?? { width: x * FALLBACK_SIDE, height: y * FALLBACK_SIDE });
  return { sampling, banded: size !== undefined, cells };
}
