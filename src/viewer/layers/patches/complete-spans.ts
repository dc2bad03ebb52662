import { findStep } from '../../../inference/heatmap/place-values.ts';
import { DatasetError } from '../../../utils/errors.ts';
import type { PatchedSlide } from './locate-patch.ts';

/** Patches that do not say what they span are as wide as the step of their grid. @throws DatasetError where they have none */
export function completeSpans(boxes: Float32Array, path: string, notices: string[]): void {
  const open = (at: number) => !((boxes[at] ?? 0) > 0);
  let missing = false;
  for (let at = 0; at < boxes.length && !missing; at += 4) missing = open(at + 2) || open(at + 3);
  if (!missing) return;
  const pick = (from: number) =>
    Float64Array.from({ length: boxes.length / 4 }, (_, row) => boxes[4 * row + from] ?? 0);
  const step = findStep(pick(0), pick(1));
  if (step === undefined)
    throw new DatasetError(
      path,
      'it does not say what a patch spans, and its patches form no grid',
      { reason: 'no-span' },
      { hint: 'give columns width and height, in level-0 pixels' },
    );
  notices.push(`patches are taken to span ${step} px, the step of their grid`);
  for (let at = 0; at < boxes.length; at += 4) for (const side of [at + 2, at + 3]) if (open(side)) boxes[side] = step;
}

/** How many lie beside the slide as a whole. */
export function countBeside(boxes: Float32Array, { width, height }: PatchedSlide): number {
  let count = 0;
  for (let at = 0; at < boxes.length; at += 4) {
    const [x = 0, y = 0, across = 0, down = 0] = [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]];
    if (x >= width || y >= height || x + across <= 0 || y + down <= 0) count++;
  }
  return count;
}
