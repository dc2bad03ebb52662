import type { Slide } from '../../slide/slide.ts';
import type { PatchPlan } from './patch-plan.ts';
import { describeSampling } from './patch-sampling.ts';

/** For the record of a plan that allows fast downsampling: whether it was done, at which level and scale. */
export async function listSamplingNotices(slide: Slide, plan: PatchPlan): Promise<string[]> {
  if (!plan.options.fastDownsample) return [];
  const layout = (await describeSampling(slide, plan))?.layout;
  if (!layout?.reduction) return ['fast downsampling was allowed and had nothing to do: every pixel is exact'];
  return [`fast downsampling: the JPEG tiles of level ${layout.level} were decoded at 1/${layout.reduction.scale}`];
}
