/** Tissue that somebody has drawn, or corrected, in place of tissue that is looked for. */
import { stat } from 'node:fs/promises';
import type { Slide } from '../../slide/slide.ts';
import { SourceError } from '../../utils/errors.ts';
import type { MaskShape } from '../xml-to-mask/annotation.ts';
import { chooseTissueView, type TissueView } from './choose-view.ts';
import { resolveTissueOptions, type TissueOptions } from './options.ts';
import { createOutlinePolygons } from './outline-polygons.ts';
import type { TissueMask } from './tissue-mask.ts';

/** Of a slide whose polygons are read from a file. */
export interface DrawnTissue {
  readonly view: TissueView;
  readonly mask: TissueMask;
  readonly polygons: ReturnType<typeof createOutlinePolygons>;
}

/**
 * The options as they hold for one slide: with `polygons` only where that file is there, and then without those of a search.
 * @throws SourceError where it is not, unless `onMissingPolygons` is `detect`
 */
export async function settleTissueOptions(options: TissueOptions): Promise<TissueOptions> {
  const { polygons, onMissingPolygons, ...search } = options;
  if (polygons === undefined) return options;
  const found = await stat(polygons).catch(() => undefined);
  if (found?.isFile()) return pickReading(options, polygons);
  if (onMissingPolygons === 'detect') return search;
  throw new SourceError(polygons, 'there are no polygons of the tissue for this slide', {
    hint: 'draw them (slideloom view --edit), or let it be looked for where there are none: --on-missing-polygons detect',
  });
}

function pickReading(options: TissueOptions, polygons: string): TissueOptions {
  const { mpp, level, maxPixels, signal } = options;
  return {
    polygons,
    ...(mpp !== undefined && { mpp }),
    ...(level !== undefined && { level }),
    ...(maxPixels !== undefined && { maxPixels }),
    ...(signal && { signal }),
  };
}

/**
 * Paints all regions of a file of annotations, whatever their class: a mask pixel is tissue where its centre is inside, and outside of
 * what is cut out. The polygons are those of the file; where regions are negative they follow the mask.
 * @throws AnnotationError, SourceError; MissingMppError, LevelError as `detectTissue`
 */
export async function drawTissue(slide: Slide, path: string, options: TissueOptions): Promise<DrawnTissue> {
  const { readAnnotations } = await import('../xml-to-mask/read-annotations.ts');
  const { createMaskShapes } = await import('../xml-to-mask/create-mask-shapes.ts');
  const { createMaskRasterizer } = await import('../xml-to-mask/rasterizer.ts');
  const view = chooseTissueView(slide, resolveTissueOptions(options));
  const { width, height, downsample } = view;
  const set = await readAnnotations(path, { slide, ...(options.signal && { signal: options.signal }) });
  const shapes = createMaskShapes(set).shapes.map(toTissue);
  const data = new Uint8Array(width * height);
  const label = createMaskRasterizer(shapes, { width, height, downsample }, { rule: 'pixel-centre' }).rasterize(
    { x: 0, y: 0, width, height },
    data,
  );
  if (label !== undefined) data.fill(label);
  const mask = { width, height, data, downsample };
  const cut = shapes.some((shape) => shape.label === 0);
  return { view, mask, polygons: cut ? createOutlinePolygons(mask) : shapes.map(({ polygon }) => polygon) };
}

function toTissue({ polygon, label }: MaskShape): MaskShape {
  return { polygon, label: Math.min(1, label) };
}
