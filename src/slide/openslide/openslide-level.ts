import type { Raster } from '../../io/raster.ts';
import type { BackingLevel } from '../slide-format.ts';
import type { OpenSlideLibrary } from './binding.ts';
import { KEPT_PIXELS, type OpenSlideHandle } from './openslide-handle.ts';

/** What stands in `codec` of levels and tiles: the library decodes, and does not say what. */
export const OPENSLIDE_CODEC = 'openslide';

/** Where OpenSlide names no tile, and where its tile is too large to hold. */
const TILE_SIDE = 256;
/** A smaller side is multiplied: NDPI's are a few rows high. */
const LEAST_SIDE = 128;

/** A level as OpenSlide has it. */
export interface OpenSlideLevelShape {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** One figure for both axes; places are computed with it, as OpenSlide does. */
  readonly downsample: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

/**
 * The pixels that are read at once: OpenSlide's own tile, which is then decoded for one read only and names what is bad,
 * as far as the properties tell it and it is neither small nor above `KEPT_PIXELS`; never larger than the level.
 */
export function chooseTileSize(
  properties: ReadonlyMap<string, string>,
  { index, width, height }: { index: number; width: number; height: number },
): { tileWidth: number; tileHeight: number } {
  const grow = (axis: 'width' | 'height') => {
    const side = Number(properties.get(`openslide.level[${index}].tile-${axis}`));
    if (!Number.isSafeInteger(side) || side <= 0) return TILE_SIDE;
    return side >= LEAST_SIDE ? side : side * Math.ceil(TILE_SIDE / side);
  };
  const tileWidth = Math.min(grow('width'), width);
  const tileHeight = Math.min(grow('height'), height);
  if (tileWidth * tileHeight <= KEPT_PIXELS) return { tileWidth, tileHeight };
  return { tileWidth: Math.min(TILE_SIDE, width), tileHeight: Math.min(TILE_SIDE, height) };
}

/**
 * The ratio of the sizes on each axis, whose mean is what OpenSlide gives; where that is another number the vendor has said
 * it (MIRAX: powers of two, while sizes are rounded), and it is taken.
 */
function getDownsample(
  { width, height, downsample }: OpenSlideLevelShape,
  full: { readonly width: number; readonly height: number },
): { x: number; y: number } {
  const [x, y] = [full.width / width, full.height / height];
  const computed = Math.abs((x + y) / 2 - downsample) <= downsample * 1e-9;
  return computed ? { x, y } : { x: downsample, y: downsample };
}

/** Serves a level in tiles that are cut for the purpose: OpenSlide hands out regions, never what is stored. */
export function createOpenSlideLevel(
  { library, handle }: { library: OpenSlideLibrary; handle: OpenSlideHandle },
  shape: OpenSlideLevelShape,
  full: { readonly width: number; readonly height: number },
): BackingLevel {
  const { index, width, height, downsample, tileWidth, tileHeight } = shape;
  const decodeTile = (col: number, row: number): Promise<Raster> => {
    const [left, top] = [col * tileWidth, row * tileHeight];
    const size = { width: Math.min(tileWidth, width - left), height: Math.min(tileHeight, height - top) };
    // OpenSlide takes whole level-0 pixels. Where that is no whole pixel of the level, it blends neighbours.
    const block = { ...size, x: Math.round(left * downsample), y: Math.round(top * downsample), level: index };
    return handle.readRaster(size, (slide, pixels) => library.readRegion(slide, pixels, block));
  };
  return {
    width,
    height,
    downsample: getDownsample(shape, full),
    tileWidth,
    tileHeight,
    columns: Math.ceil(width / tileWidth),
    rows: Math.ceil(height / tileHeight),
    codec: OPENSLIDE_CODEC,
    decodeTile,
    async readEncodedTile(col, row) {
      const raster = await decodeTile(col, row);
      return { data: raster.data, codec: OPENSLIDE_CODEC, width: raster.width, height: raster.height };
    },
  };
}
