import type { MaskGrid, MaskShape } from './annotation.ts';
import { collectLabels } from './edge-table.ts';
import { createCanvas, paintSpans } from './kernels/canvas.ts';
import { checkGrid, createMaskRasterizer, type MaskRasterizerOptions } from './rasterizer.ts';
import { createShapeKernels } from './shape-kernels.ts';

/**
 * All labels of a mask, row by row. The kernels paint shape by shape where they can, in half of the time that a rasteriser
 * takes, which could paint any part of the mask; the pixels are the same.
 * @throws as `createMaskRasterizer`
 */
export function paintWhole(shapes: readonly MaskShape[], grid: MaskGrid, options: MaskRasterizerOptions): Uint8Array {
  checkGrid(grid);
  const { width, height } = grid;
  const pixels = new Uint8Array(width * height);
  if (paintShapes(shapes, grid, options, pixels)) return pixels;
  const label = createMaskRasterizer(shapes, grid, options).rasterize({ x: 0, y: 0, width, height }, pixels);
  return label === undefined ? pixels : pixels.fill(label);
}

/** Paints on zeros. False where the kernels can't; some shapes may be painted then. */
function paintShapes(
  shapes: readonly MaskShape[],
  grid: MaskGrid,
  { rule, coords = 'trunc' }: MaskRasterizerOptions,
  pixels: Uint8Array,
): boolean {
  const kernels = createShapeKernels(shapes, grid, { rule, coords: rule === 'cv2' ? coords : 'exact' });
  if (!kernels) return false;
  const canvas = createCanvas(pixels);
  const labels = collectLabels(shapes);
  return shapes.every(({ polygon }, i) => {
    canvas.label = labels[i] ?? 0;
    return kernels.listPixels(polygon, (spans) => paintSpans(canvas, spans));
  });
}
