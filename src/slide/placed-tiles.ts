import { createRaster, type Raster } from '../io/raster.ts';
import { CodecError, TiffError, UnsupportedFormatError } from '../utils/errors.ts';
import { blitRaster } from './blit.ts';
import { cropRaster } from './placed-tiles/crop-raster.ts';
import { createFrameIndex, type FrameIndex, type PlacedArea, type PlacedFrame } from './placed-tiles/frame-index.ts';
import type { SlideSettings } from './settings.ts';
import type { BackingLevel } from './slide-format.ts';
import { TileCache } from './tile-cache.ts';

/** A level whose stored tiles overlap, leave gaps, or lie off the grid. Later areas and frames lie on top of earlier ones. */
export interface PlacedLevel {
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
  readonly areas: readonly PlacedArea[];
}

/** Tiles of such a level are raw RGB that no file stores; `codec` says so. */
export const COMPOSED_CODEC = 'composed';

/** Decoded bytes of a stored tile, of which several are held at once. The largest in the field take 4.2 MB. */
const MAX_TILE_BYTES = 8 * 2 ** 20;
/** Areas of a level, each found by looking through them. */
const MAX_AREAS = 256;
/** Frames of a level, sorted in under a second: 370,000 pixels square in tiles of 512. */
const MAX_FRAMES = 2 ** 19;
/** Composed tiles of a level. */
const MAX_TILES = 2 ** 22;
/** Stored tiles under one composed tile: 9 where tiles overlap by half. */
const MAX_STORED_TILES = 32;

/**
 * Levels of composed tiles, as large as the largest stored ones and on a plain grid. All levels share a cache of decoded stored
 * tiles, as neighbouring composed tiles need the same ones: half of `cacheBytes`, and at least 9 tiles.
 * @param name of the slide, for errors.
 * @throws UnsupportedFormatError on sizes and counts that make no sense
 */
export function createPlacedLevels(
  levels: readonly PlacedLevel[],
  { name, settings }: { name: string; settings: SlideSettings },
): BackingLevel[] {
  const stored = levels.flatMap(({ areas }) => areas.map((area) => area.stored));
  const largest = Math.max(0, ...stored.map(({ tileWidth, tileHeight }) => tileWidth * tileHeight * 3));
  if (largest > MAX_TILE_BYTES)
    throw new UnsupportedFormatError(name, `placed tiles of ${largest} bytes each, more than ${MAX_TILE_BYTES}`);
  const cache = new TileCache(Math.max(settings.cacheBytes / 2, 9 * largest));
  return levels.map((level, index) => createPlacedLevel(level, { name, cache, index }));
}

function createPlacedLevel(
  level: PlacedLevel,
  { name, cache, index }: { name: string; cache: TileCache; index: number },
): BackingLevel {
  const { width, height, downsample, areas } = level;
  const tileWidth = Math.max(1, ...areas.map(({ stored }) => stored.tileWidth));
  const tileHeight = Math.max(1, ...areas.map(({ stored }) => stored.tileHeight));
  const grid = { tileWidth, tileHeight, columns: Math.ceil(width / tileWidth), rows: Math.ceil(height / tileHeight) };
  checkCounts(level, grid, name);
  let frames: FrameIndex | undefined;
  const composer: Composer = { name, cache, level: index, areas };
  const decodeTile = async (col: number, row: number) => {
    frames ??= createFrameIndex(areas, grid);
    return composeTile(composer, frames.list(col, row), { ...grid, left: col * tileWidth, top: row * tileHeight });
  };
  return {
    ...{ width, height, downsample, codec: COMPOSED_CODEC },
    ...grid,
    decodeTile,
    async readEncodedTile(col, row) {
      const tile = await decodeTile(col, row);
      return tile && { data: tile.data, codec: COMPOSED_CODEC, width: tileWidth, height: tileHeight };
    },
  };
}

function checkCounts(
  { width, height, areas }: PlacedLevel,
  { columns, rows }: { columns: number; rows: number },
  name: string,
): void {
  const frames = areas.reduce((sum, area) => sum + area.columns * area.rows, 0);
  const sound = Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0;
  const few = areas.length <= MAX_AREAS && columns * rows <= MAX_TILES && frames <= MAX_FRAMES;
  if (sound && few) return;
  const size = `a level of ${width} x ${height} pixels with ${frames} placed tiles in ${areas.length} areas`;
  throw new UnsupportedFormatError(name, `${size} makes no sense, or is more than is read`);
}

interface Composer {
  readonly name: string;
  readonly cache: TileCache;
  readonly level: number;
  readonly areas: readonly PlacedArea[];
}

/** @returns undefined where no stored tile has pixels */
async function composeTile(
  composer: Composer,
  frames: Iterable<PlacedFrame>,
  { left, top, tileWidth, tileHeight }: { left: number; top: number; tileWidth: number; tileHeight: number },
): Promise<Raster | undefined> {
  let raster: Raster | undefined;
  const used = new Set<string>();
  for (const frame of frames) {
    const key = `${composer.level}/${frame.area}/${frame.tileCol}/${frame.tileRow}`;
    used.add(key);
    if (used.size > MAX_STORED_TILES)
      throw new TiffError(composer.name, `more than ${MAX_STORED_TILES} stored tiles lie upon each other`);
    const tile = await composer.cache.get(key, () => decodeStored(composer, frame));
    if (!tile) continue;
    raster ??= createRaster(tileWidth, tileHeight);
    const at = { x: frame.left - left, y: frame.top - top };
    const whole = frame.x === 0 && frame.y === 0;
    blitRaster(whole ? tile : cropRaster(tile, frame), raster, at, frame);
  }
  return raster;
}

async function decodeStored({ areas }: Composer, { area, tileCol, tileRow }: PlacedFrame): Promise<Raster | undefined> {
  try {
    return await areas[area]?.stored.decodeTile(tileCol, tileRow);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const where = `stored tile column ${tileCol}, row ${tileRow} of image ${area}`;
    throw new CodecError(COMPOSED_CODEC, `${where}: ${why}`, { cause });
  }
}
