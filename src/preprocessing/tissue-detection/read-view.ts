import type { Raster } from '../../io/raster.ts';
import type { ReadRegionOptions, Slide } from '../../slide/slide.ts';
import type { TissueView } from './choose-view.ts';
import { sampleRows, sampleTiledAxis } from './kernels/sample-rows.ts';
import { TRIDENT_TILE } from './methods/trident-rules.ts';

/** Source pixels held at a time while sampling. */
const BAND_PIXELS = 16_000_000;

/** The picture of a view: a level's own pixels, or the area average of finer ones. */
export async function readView(slide: Slide, view: TissueView, options: ReadRegionOptions): Promise<Raster> {
  const { level, width, height, downsample } = view;
  if (level !== undefined) return slide.readRegion({ x: 0, y: 0, level, width, height }, options);
  return slide.readRegionAtDownsample({ x: 0, y: 0, width, height, downsample }, options);
}

/**
 * The picture as TRIDENT resizes it: bilinear between single pixels of the coarsest level that is not coarser than asked,
 * without averaging, so it keeps the noise of that level. Reads the level in bands of rows.
 */
export async function sampleView(slide: Slide, view: TissueView, options: ReadRegionOptions): Promise<Raster> {
  if (view.level !== undefined) return readView(slide, view, options);
  const { width, height } = view;
  const level = findLevelBelow(slide, view.downsample.x);
  const source = slide.levels[level] ?? slide;
  const out = { width, height, channels: 3 as const, data: new Uint8Array(width * height * 3) };
  const columns = sampleTiledAxis(source.width, width, getTile(view.downsample.x, slide.width / source.width));
  const rows = sampleTiledAxis(source.height, height, getTile(view.downsample.y, slide.height / source.height));
  const bandRows = Math.max(2, Math.floor(BAND_PIXELS / source.width));
  for (let from = 0; from < height; ) {
    const top = rows.index[from] ?? 0;
    let to = from + 1;
    while (to < height && (rows.index[to] ?? 0) + 2 - top <= bandRows) to++;
    const bottom = Math.min(source.height, (rows.index[to - 1] ?? 0) + 2);
    const y = Math.round((top * slide.height) / source.height);
    const band = await slide.readRegion({ x: 0, y, level, width: source.width, height: bottom - top }, options);
    sampleRows(band, { top, from, to, columns, rows }, out);
    from = to;
  }
  return out;
}

/** TRIDENT takes a level within 0.1 of the asked downsample as equal. */
function findLevelBelow(slide: Slide, downsample: number): number {
  const finer = slide.levels.filter((level) => level.downsample.x <= downsample + 0.1).length;
  return Math.max(0, finer - 1);
}

/**
 * TRIDENT rounds a tile's side to whole pixels, of level 0 and then of the level. (It cuts the level's downsample to an
 * integer first, which misplaces tissue at 3.9998; here the downsample is exact.)
 */
function getTile(downsample: number, levelDownsample: number): { size: number; source: number; stride: number } {
  const level0 = Math.round(TRIDENT_TILE * downsample);
  const source = Math.max(1, Math.round(level0 / levelDownsample));
  return { size: TRIDENT_TILE, source, stride: level0 / levelDownsample };
}
