import type { MaskGrid, MaskRasterizer, MaskShape } from './annotation.ts';
import { cutShapes } from './cut-shapes.ts';
import type { MaskMode, PaintSettings } from './options.ts';
import { createMaskRasterizer } from './rasterizer.ts';
import { createWholeRasterizer } from './whole-rasterizer.ts';

/**
 * Paints shapes at any downsample.
 * @param grid of the mask: vertices that are brought to whole pixels are brought to its pixels. Rule `cv2` keeps integers at
 *   each downsample, as OpenCV does, with or without `coords`.
 */
export function createPainter(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  { rule, coords, mode }: Pick<PaintSettings, 'rule' | 'coords'> & { readonly mode?: MaskMode },
): (at: MaskGrid) => MaskRasterizer {
  const paint = createStreamingPainter(shapes, grid, { rule, coords });
  return mode === 'naive' ? (at) => createWholeRasterizer(paint(at)) : paint;
}

function createStreamingPainter(
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
