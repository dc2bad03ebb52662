import { OptionError } from '../../utils/errors.ts';
import type { MaskGrid, MaskRasterizer, MaskShape } from './annotation.ts';
import { MOST_MASK_PIXELS } from './mask-grid.ts';
import { paintWhole } from './paint-whole.ts';
import type { MaskRasterizerOptions } from './rasterizer.ts';

/**
 * The naive way, to compare with: paints all of the mask at once and cuts boxes out of it, as programs do that hold a mask
 * in memory (a byte a pixel, of one level after the other).
 * @throws OptionError where it has more than 2^29 pixels, and as `createMaskRasterizer`
 */
export function createWholeRasterizer(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  options: MaskRasterizerOptions,
): MaskRasterizer {
  if (grid.width * grid.height > MOST_MASK_PIXELS)
    throw new OptionError('mode', `streaming for a mask of more than ${MOST_MASK_PIXELS} pixels`, 'naive');
  const whole = paintWhole(shapes, grid, options);
  return {
    grid,
    rasterize({ x, y, width, height }, target) {
      for (let row = 0; row < height; row++) {
        const from = (y + row) * grid.width + x;
        target.set(whole.subarray(from, from + width), row * width);
      }
      const box = target.subarray(0, width * height);
      return Buffer.compare(box.subarray(1), box.subarray(0, -1)) === 0 ? box[0] : undefined;
    },
  };
}
