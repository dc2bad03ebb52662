import type { MaskGrid, MaskRasterizer, MaskShape } from './annotation.ts';
import { cutShapes } from './cut-shapes.ts';
import type { MaskMode, PaintSettings } from './options.ts';
import { createMaskRasterizer, type MaskRasterizerOptions } from './rasterizer.ts';
import { createWholeRasterizer } from './whole-rasterizer.ts';

type PaintChoice = Pick<PaintSettings, 'rule' | 'coords'>;

/** Paints shapes at any downsample; `grid` and the choice are those of `placeShapes`. */
export function createPainter(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  { mode, ...choice }: PaintChoice & { readonly mode?: MaskMode },
): (at: MaskGrid) => MaskRasterizer {
  const placed = placeShapes(shapes, grid, choice);
  const create = mode === 'naive' ? createWholeRasterizer : createMaskRasterizer;
  return (at) => create(placed.shapes, at, placed.options);
}

/**
 * What a rasteriser is given.
 * @param grid of the mask: vertices that are brought to whole pixels are brought to its pixels. Rule `cv2` keeps integers at
 *   each downsample, as OpenCV does, with or without `coords`.
 */
export function placeShapes(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  { rule, coords }: PaintChoice,
): { readonly shapes: readonly MaskShape[]; readonly options: MaskRasterizerOptions } {
  if (rule === 'cv2') return { shapes, options: { rule, coords: coords === 'round' ? 'round' : 'trunc' } };
  return { shapes: cutShapes(shapes, grid, coords), options: { rule } };
}
