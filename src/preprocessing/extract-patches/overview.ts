import { encodePicture } from '../../io/encode-picture.ts';
import type { Slide } from '../../slide/slide.ts';
import { drawPatches } from './kernels/draw-patches.ts';
import type { PatchPlan } from './patch-plan.ts';

/** Pixels of the longer side of the picture. */
const SIZE = 1600;

/** A JPEG of the slide's thumbnail with every planned patch drawn on it. Bad tiles of the thumbnail's level stay white. */
export async function renderPatchOverview(slide: Slide, plan: PatchPlan): Promise<Uint8Array> {
  const thumbnail = await slide.readThumbnail(SIZE, { onBadTile: () => {} });
  const scale = { x: thumbnail.width / slide.width, y: thumbnail.height / slide.height };
  const { span } = plan.geometry;
  drawPatches(thumbnail, toBoxes(plan, { scale, span }));
  return encodePicture(thumbnail);
}

/** Patches as boxes in thumbnail pixels: left, top, right, bottom. */
function* toBoxes(
  plan: PatchPlan,
  { scale, span }: { scale: { x: number; y: number }; span: { x: number; y: number } },
): Generator<readonly [number, number, number, number]> {
  for (const { x, y } of plan) {
    yield [x * scale.x, y * scale.y, (x + span.x) * scale.x, (y + span.y) * scale.y];
  }
}
