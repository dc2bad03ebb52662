import { createRaster, type Raster } from '../io/raster.ts';
import { TileError } from '../utils/errors.ts';
import { blitRaster } from './blit.ts';
import type { ReadRegionOptions } from './slide.ts';
import type { BackingLevel } from './slide-format.ts';
import type { TileCache } from './tile-cache.ts';

/** What reading needs of a slide. */
export interface RegionReader {
  readonly name: string;
  readonly levels: readonly BackingLevel[];
  readonly cache: TileCache;
}

/** A window of one level, in that level's own pixels; corners may lie outside the level. */
export interface LevelWindow {
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Decodes that run at once: enough to keep two cores busy, and the bound on tiles in flight. */
const TILES_IN_FLIGHT = 4;

/** RGB pixels of a window; white outside the level and where no tile is stored. */
export async function readLevelWindow(
  reader: RegionReader,
  window: LevelWindow,
  options: ReadRegionOptions = {},
): Promise<Raster> {
  const raster = createRaster(window.width, window.height);
  const level = reader.levels[window.level];
  if (!level) return raster;
  const tiles = listTiles(level, window);
  const work = async () => {
    for (const { col, row } of tiles) {
      options.signal?.throwIfAborted();
      const tile = await readTileOrReport(reader, { level: window.level, col, row }, options);
      if (tile) placeTile(tile, raster, { level, window, col, row });
    }
  };
  // All workers pull from one iterator, so tiles start in file order.
  const workers = Array.from({ length: TILES_IN_FLIGHT }, work);
  await settleAll(workers);
  return raster;
}

/** Lets the others finish before the first error is thrown: nothing runs on behind the caller's back. */
async function settleAll(tasks: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(tasks)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

function* listTiles(
  level: BackingLevel,
  { x, y, width, height }: LevelWindow,
): Generator<{ col: number; row: number }> {
  const firstCol = Math.max(0, Math.floor(x / level.tileWidth));
  const lastCol = Math.min(level.columns - 1, Math.floor((Math.min(x + width, level.width) - 1) / level.tileWidth));
  const firstRow = Math.max(0, Math.floor(y / level.tileHeight));
  const lastRow = Math.min(level.rows - 1, Math.floor((Math.min(y + height, level.height) - 1) / level.tileHeight));
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) yield { col, row };
  }
}

async function readTileOrReport(
  { name, levels, cache }: RegionReader,
  at: { level: number; col: number; row: number },
  options: ReadRegionOptions,
): Promise<Raster | undefined> {
  const { level, col, row } = at;
  try {
    // The signal stays out of the shared load: one caller's abort must not fail another's read.
    return await cache.get(`${level}/${col}/${row}`, async () => levels[level]?.decodeTile(col, row));
  } catch (cause) {
    const error = new TileError({ slide: name, ...at }, cause);
    if (!options.onBadTile) throw error;
    options.onBadTile(error);
    return undefined;
  }
}

function placeTile(
  tile: Raster,
  raster: Raster,
  { level, window, col, row }: { level: BackingLevel; window: LevelWindow; col: number; row: number },
): void {
  const left = col * level.tileWidth;
  const top = row * level.tileHeight;
  const inside = { width: level.width - left, height: level.height - top };
  blitRaster(tile, raster, { x: left - window.x, y: top - window.y }, inside);
}
