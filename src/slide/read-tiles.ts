import type { Raster } from '../io/raster.ts';
import { isSlideloomError, SlideClosedError, TileError } from '../utils/errors.ts';
import type { ReadRegionOptions } from './slide.ts';
import type { BackingLevel } from './slide-format.ts';
import type { CachedTile, TileCache } from './tile-cache.ts';

/** What reading needs of a slide, whose tiles are pixels or samples. */
export interface TileReader<T extends TileSize> {
  readonly name: string;
  readonly levels: readonly TileLevel<T>[];
  readonly cache: { get(key: string, load: () => Promise<T | undefined>): Promise<T | undefined> };
  /** True from `close()` on. */
  readonly closed: boolean;
}

/** What reading RGB pixels needs of a slide. */
export interface RegionReader extends TileReader<Raster> {
  readonly levels: readonly BackingLevel[];
  readonly cache: TileCache;
}

interface TileSize extends CachedTile {
  readonly width: number;
  readonly height: number;
}

type TileLevel<T> = Pick<BackingLevel, 'width' | 'height' | 'tileWidth' | 'tileHeight' | 'columns' | 'rows'> & {
  decodeTile(col: number, row: number): Promise<T | undefined>;
  /** Of a decoded tile; 3 by default. */
  readonly bytesPerPixel?: number;
};

/** A window of one level, in that level's own pixels; corners may lie outside the level. */
export interface LevelWindow {
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A decoded tile of a level. */
export interface PlacedTile<T = Raster> {
  readonly tile: T;
  /** Of the level, in its pixels. */
  readonly left: number;
  readonly top: number;
  /** Pixels that belong to the level: the last tiles reach past its edge and hold padding there. */
  readonly width: number;
  readonly height: number;
}

/** Decodes that run at once: enough to keep two cores busy. */
const MAX_IN_FLIGHT = 4;
/** Decoded bytes of them: large tiles are read one after the other. */
const BYTES_IN_FLIGHT = 48 * 2 ** 20;

/**
 * The stored tiles that `window` touches, decoded, in file order: sums and reports never depend on which decode ended
 * first. Tiles that a sparse file leaves out are passed over. When the loop ends early, for whatever reason, decodes
 * under way are waited for: nothing runs on behind the caller's back.
 * @throws TileError at the first tile that can't be read, unless `onBadTile` takes it; SlideClosedError.
 */
export async function* readTilesInOrder<T extends TileSize>(
  reader: TileReader<T>,
  window: LevelWindow,
  options: ReadRegionOptions,
): AsyncGenerator<PlacedTile<T>, void, undefined> {
  const level = reader.levels[window.level];
  if (!level) return;
  const started: StartedTile<T>[] = [];
  const depth = getDepth(level);
  try {
    for (const { col, row } of listTiles(level, window)) {
      started.push(startTile(reader, { level: window.level, col, row }));
      if (started.length >= depth) yield* takeFirst(reader, started, options);
    }
    while (started.length > 0) yield* takeFirst(reader, started, options);
  } finally {
    await Promise.allSettled(started.map(({ loading }) => loading));
  }
}

function getDepth({ tileWidth, tileHeight, bytesPerPixel = 3 }: TileLevel<unknown>): number {
  const bytes = tileWidth * tileHeight * bytesPerPixel;
  return Math.max(1, Math.min(MAX_IN_FLIGHT, Math.floor(BYTES_IN_FLIGHT / bytes)));
}

interface TileAddress {
  readonly level: number;
  readonly col: number;
  readonly row: number;
}

interface StartedTile<T> extends TileAddress {
  readonly loading: Promise<T | undefined>;
}

function startTile<T extends TileSize>({ levels, cache }: TileReader<T>, at: TileAddress): StartedTile<T> {
  const { level, col, row } = at;
  // The caller's signal stays out of the shared load: one caller's abort must not fail another's read.
  const loading = cache.get(`${level}/${col}/${row}`, async () => levels[level]?.decodeTile(col, row));
  // It may fail before its turn comes; the error is kept for then.
  loading.catch(() => {});
  return { ...at, loading };
}

async function* takeFirst<T extends TileSize>(
  reader: TileReader<T>,
  started: StartedTile<T>[],
  options: ReadRegionOptions,
): AsyncGenerator<PlacedTile<T>, void, undefined> {
  options.signal?.throwIfAborted();
  const first = started.shift();
  const level = first && reader.levels[first.level];
  if (!first || !level) return;
  const tile = await settleTile(reader, first, options);
  if (!tile) return;
  const left = first.col * level.tileWidth;
  const top = first.row * level.tileHeight;
  const width = Math.min(tile.width, level.width - left);
  const height = Math.min(tile.height, level.height - top);
  yield { tile, left, top, width, height };
}

async function settleTile<T extends TileSize>(
  reader: TileReader<T>,
  { loading, level, col, row }: StartedTile<T>,
  options: ReadRegionOptions,
): Promise<T | undefined> {
  try {
    return await loading;
  } catch (cause) {
    // No tile is bad because its slide was closed under the reader.
    if (reader.closed) throw new SlideClosedError(reader.name);
    // Nor because a server fails: leaving it out would be luck's choice, not the slide's.
    // Nor is a colour profile.
    if (isSlideloomError(cause, 'remote', 'icc')) throw cause;
    const error = new TileError({ slide: reader.name, level, col, row }, cause);
    if (!options.onBadTile) throw error;
    options.onBadTile(error);
    return undefined;
  }
}

function* listTiles(
  level: TileLevel<unknown>,
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
