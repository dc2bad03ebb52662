import { OptionError } from '../../utils/errors.ts';
import type { MaskGrid, MaskShape } from './annotation.ts';
import { placeShapes } from './create-painter.ts';
import { createMaskGrid, type MaskFrame, MOST_MASK_PIXELS } from './mask-grid.ts';
import type { PaintSettings } from './options.ts';
import { paintWhole } from './paint-whole.ts';

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
  const placed = placeShapes(shapes, grid, { rule, coords });
  return { grid, data: paintWhole(placed.shapes, grid, placed.options) };
}
