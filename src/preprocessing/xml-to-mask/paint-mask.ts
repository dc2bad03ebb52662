import { OptionError } from '../../utils/errors.ts';
import type { MaskGrid, MaskShape } from './annotation.ts';
import { createPainter } from './create-painter.ts';
import { createMaskGrid, type MaskFrame, MOST_MASK_PIXELS } from './mask-grid.ts';
import type { PaintSettings } from './options.ts';

/** All labels of a mask, row by row. @throws OptionError where it has more than 2^29 pixels */
export function paintMask(
  shapes: readonly MaskShape[],
  frame: MaskFrame,
  { scale, rule, coords }: PaintSettings,
): { grid: MaskGrid; data: Uint8Array } {
  const grid = createMaskGrid(frame, scale);
  const { width, height } = grid;
  if (width * height > MOST_MASK_PIXELS) {
    throw new OptionError('downsample', `a mask of at most ${MOST_MASK_PIXELS} pixels`, width * height, {
      hint: 'give a higher downsample, or write the mask to a file (writeMask), which may be of any size',
    });
  }
  const data = new Uint8Array(width * height);
  const rasterizer = createPainter(shapes, grid, { rule, coords })(grid);
  const label = rasterizer.rasterize({ x: 0, y: 0, width, height }, data);
  if (label !== undefined && label !== 0) data.fill(label);
  return { grid, data };
}
