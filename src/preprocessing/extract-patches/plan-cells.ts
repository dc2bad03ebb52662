import type { Slide } from '../../slide/slide.ts';
import { chooseCellSize } from './cell-size.ts';
import { groupIntoCells, type PatchCell } from './patch-cells.ts';
import type { PatchPlan } from './patch-plan.ts';
import { describeSampling, type PatchSampling } from './patch-sampling.ts';

/** Patches a side of a cell, where a slide reads its own regions. */
const FALLBACK_SIDE = 8;

/**
 * The cells of a plan, and where their pixels come from: `undefined` where tiles can't be read by position, or where a band of
 * them does not fit into a worker's memory, so that the slide has to read regions.
 */
export async function planCells(
  slide: Slide,
  plan: PatchPlan,
  workerMemory: number,
): Promise<{ sampling: PatchSampling | undefined; cells: Iterable<PatchCell> }> {
  const { geometry } = plan;
  const { x, y } = geometry.span;
  const found = await describeSampling(slide, geometry);
  const size = found && chooseCellSize(geometry, found, workerMemory);
  const cells = groupIntoCells(plan, size ?? { width: x * FALLBACK_SIDE, height: y * FALLBACK_SIDE });
  return { sampling: size && found, cells };
}
