import { type BoxGrid, visitBoxGrid } from '../../../../geometry/kernels/box-grid.ts';
import type { Box } from '../../../../geometry/polygon.ts';

/** Calls `visit` once for each box of the grid that meets the closed `box`, in no order. */
export function visitBoxes(grid: BoxGrid, box: Box, visit: (item: number) => void): void {
  const { boxes } = grid;
  visitBoxGrid(grid, box, (item) => {
    const i = item * 4;
    const meets =
      boxes[i]! <= box.right && boxes[i + 2]! >= box.left && boxes[i + 1]! <= box.bottom && boxes[i + 3]! >= box.top;
    if (meets) visit(item);
    return false;
  });
}

/** Puts a box of the grid, in pixels of a tile, into `to`. */
export function placeBox(
  { boxes }: BoxGrid,
  item: number,
  { frame, to }: { frame: { left: number; top: number; downsample: number }; to: Float64Array },
): void {
  const { left, top, downsample } = frame;
  to[0] = (boxes[item * 4]! - left) / downsample;
  to[1] = (boxes[item * 4 + 1]! - top) / downsample;
  to[2] = (boxes[item * 4 + 2]! - left) / downsample;
  to[3] = (boxes[item * 4 + 3]! - top) / downsample;
}
