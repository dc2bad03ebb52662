import type { PatchGeometry, PlannedPatch } from './patch-plan.ts';

/** `<slide>_x<level-0 x>_y<level-0 y>_<size>px.<ext>`: unique in a plan, sorts by column. */
export function createPatchFileName(
  slideId: string,
  patch: Pick<PlannedPatch, 'x' | 'y'>,
  { geometry, extension }: { geometry: PatchGeometry; extension: string },
): string {
  return `${slideId}_x${patch.x}_y${patch.y}_${geometry.size}px${extension}`;
}
