import { visitBoxes } from '../kernels/visit-boxes.ts';
import type { PatchIndex } from './patch-index.ts';

/** Patches over a point of the slide (level-0 pixels), the smallest first; of equals the later, which is drawn above. */
export function findPatchesAt({ grid }: PatchIndex, x: number, y: number): number[] {
  const found: number[] = [];
  const box = { left: x, top: y, right: x, bottom: y };
  visitBoxes(grid, box, (item) => {
    const [, , right = 0, bottom = 0] = grid.boxes.subarray(item * 4, item * 4 + 4);
    if (x < right && y < bottom) found.push(item);
  });
  return found.sort((a, b) => getArea(grid.boxes, a) - getArea(grid.boxes, b) || b - a);
}

function getArea(boxes: Float64Array, item: number): number {
  const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(item * 4, item * 4 + 4);
  return (right - left) * (bottom - top);
}
