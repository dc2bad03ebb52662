import type { MaskGrid, MaskRasterizer, MaskShape } from './annotation.ts';
import { cutShapes } from './cut-shapes.ts';
import type { PaintSettings } from './options.ts';
import { createMaskRasterizer } from './rasterizer.ts';

/**
 * Paints shapes at any downsample.
 * @param grid of the mask: vertices that are brought to whole pixels are brought to its pixels. Rule `cv2` keeps integers at
 *   each downsample, as OpenCV does, with or without `coords`.
 */
export function createPainter(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  { rule, coords }: Pick<PaintSettings, 'rule' | 'coords'>,
): (at: MaskGrid) => MaskRasterizer {
  if (rule === 'cv2') {
    const whole = coords === 'round' ? 'round' : 'trunc';
    return (at) => createMaskRasterizer(shapes, at, { rule, coords: whole });
  }
  const cut = cutShapes(shapes, grid, coords);
  return (at) => createMaskRasterizer(cut, at, { rule });
}
