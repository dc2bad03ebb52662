import type { Slide } from '../../../slide/slide.ts';
import type { MaskGrid, MaskShape } from '../../xml-to-mask/annotation.ts';
import type { MaskLabel } from '../../xml-to-mask/mask-job.ts';
import { MASK_DEFAULTS } from '../../xml-to-mask/options.ts';
import { createMaskRasterizer } from '../../xml-to-mask/rasterizer.ts';
import { type ClassOptions, prepareMask } from '../../xml-to-mask.ts';
import { createLabelTile, createUniformTile, type LabelMask } from '../label-mask.ts';

/** Pixels a side. */
const TILE = 512;

/**
 * Annotations of a slide as a mask with pixels of `downsample` level-0 pixels, but no finer than those; one without anything
 * drawn is all background.
 * @throws AnnotationError, SourceError, OptionError
 */
export async function openDrawnMask(
  annotations: string,
  { slide, downsample, options }: { slide: Slide; downsample: MaskGrid['downsample']; options: ClassOptions },
): Promise<{ mask: LabelMask; notices: readonly string[] }> {
  const { shapes, labels, notices } = await prepareMask(annotations, slide, options);
  const pixel = { x: Math.max(1, downsample.x), y: Math.max(1, downsample.y) };
  const grid = {
    width: Math.max(1, Math.ceil(slide.width / pixel.x)),
    height: Math.max(1, Math.ceil(slide.height / pixel.y)),
    downsample: pixel,
  };
  return { mask: createDrawnMask(annotations, { shapes, labels, grid }), notices };
}

/** Polygons as a mask that is painted where it is asked for; it is in no file. */
export function createDrawnMask(
  name: string,
  { shapes, labels, grid }: { shapes: readonly MaskShape[]; labels: readonly MaskLabel[]; grid: MaskGrid },
): LabelMask {
  const rasterizer = createMaskRasterizer(shapes, grid, { rule: MASK_DEFAULTS.rule });
  const { width, height, downsample } = grid;
  const pixels = new Uint8Array(TILE * TILE);
  return {
    ...{ name, width, height, tileWidth: TILE, tileHeight: TILE, parallel: 1 },
    facts: { downsample, labels },
    async readTile(column, row) {
      const [x, y] = [column * TILE, row * TILE];
      const box = { x, y, width: Math.min(TILE, width - x), height: Math.min(TILE, height - y) };
      const target = pixels.subarray(0, box.width * box.height);
      const label = rasterizer.rasterize(box, target);
      return label === undefined ? createLabelTile(target, box.width) : createUniformTile(label);
    },
    async [Symbol.asyncDispose]() {},
  };
}
