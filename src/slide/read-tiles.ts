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
  /** As `BackingLevel.runs`. */
  readonly runs?: { readonly length: number; decode(col: number, row: number, count: number): Promise<T> };
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

/** A decoded tile of a level, or a run of them, one below the other. */
export interface PlacedTile<T = Raster> {
  readonly tile: T;
  /** Of the level, in its pixels. */
  readonly left: number;
  readonly top: number;
  /** Pixels that belong to the level: the last tiles reach past its edge and hold padding there. */
  readonly width: number;
  readonly height: number;
}

/** A server that fails: leaving its tiles out would be luck's choice, not the slide's. Nor is a colour profile a tile's. */
const NO_TILES_FAULT = ['remote', 'icc'] as const;

/** Decodes that run at once: enough to keep two cores busy. */
const MAX_IN_FLIGHT = 4;
/** Decoded bytes of them: large tiles are read one after the other. */
const BYTES_IN_FLIGHT = 48 * 2 ** 20;

/**
 * The stored tiles that `window` touches, decoded, in file order, or by runs where a level has them: sums and reports never
 * depend on which decode ended first. Tiles that a sparse file leaves out are passed over. When the loop ends early, for whatever reason, decodes
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
    for (const at of listTiles(level, window)) {
      started.push(startTile(reader, { ...at, level: window.level }));
      if (started.length >= depth) yield* takeFirst(reader, started, options);
    }
    while (started.length > 0) yield* takeFirst(reader, started, options);
  } finally {
    await Promise.allSettled(started.map(({ loading }) => loading));
  }
}

function getDepth({ tileWidth, tileHeight, bytesPerPixel = 3, runs }: TileLevel<unknown>): number {
  const bytes = tileWidth * tileHeight * bytesPerPixel * (runs?.length ?? 1);
  return Math.max(1, Math.min(MAX_IN_FLIGHT, Math.floor(BYTES_IN_FLIGHT / bytes)));
}

interface TileAddress {
  readonly level: number;
  readonly col: number;
  readonly row: number;
  /** Rows of tiles that the window touches, of a run that is decoded together. */
  readonly run?: { readonly first: number; readonly last: number };
}

interface StartedTile<T> extends TileAddress {
  readonly loading: Promise<T | undefined>;
}

function startTile<T extends TileSize>({ levels, cache }: TileReader<T>, at: TileAddress): StartedTile<T> {
  const { level, col, row, run } = at;
  const { runs, rows } = levels[level] ?? {};
  const count = Math.min(runs?.length ?? 1, (rows ?? 1) - row);
  // The caller's signal stays out of the shared load: one caller's abort must not fail another's read.
  const loading =
    run && runs
      ? cache.get(`${level}/run/${col}/${row}`, () => runs.decode(col, row, count))
      : cache.get(`${level}/${col}/${row}`, async () => levels[level]?.decodeTile(col, row));
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
  const { run, ...at } = first;
  const tile = await (run ? settleRun(first) : settleTile(reader, first, options));
  if (tile) yield placeTile(level, first, tile);
  // Which of its tiles is bad, and whether the window has any part in it, shows one by one.
  else if (run)
    for (let row = run.first; row <= run.last; row++)
      yield* takeFirst(reader, [startTile(reader, { ...at, row })], options);
}

/** @returns undefined where a tile of it is bad */
async function settleRun<T>({ loading }: StartedTile<T>): Promise<T | undefined> {
  try {
    return await loading;
  } catch (cause) {
    if (isSlideloomError(cause, ...NO_TILES_FAULT)) throw cause;
    return undefined;
  }
}

function placeTile<T extends TileSize>(level: TileLevel<T>, { col, row }: TileAddress, tile: T): PlacedTile<T> {
  const left = col * level.tileWidth;
  const top = row * level.tileHeight;
  const width = Math.min(tile.width, level.width - left);
  const height = Math.min(tile.height, level.height - top);
  return { tile, left, top, width, height };
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
    if (isSlideloomError(cause, ...NO_TILES_FAULT)) throw cause;
    const error = new TileError({ slide: reader.name, level, col, row }, cause);
    if (!options.onBadTile) throw error;
    options.onBadTile(error);
    return undefined;
  }
}

function* listTiles(
  level: TileLevel<unknown>,
  { x, y, width, height }: LevelWindow,
): Generator<Omit<TileAddress, 'level'>> {
  const firstCol = Math.max(0, Math.floor(x / level.tileWidth));
  const lastCol = Math.min(level.columns - 1, Math.floor((Math.min(x + width, level.width) - 1) / level.tileWidth));
  const firstRow = Math.max(0, Math.floor(y / level.tileHeight));
  const lastRow = Math.min(level.rows - 1, Math.floor((Math.min(y + height, level.height) - 1) / level.tileHeight));
  // A window that is lower than a run would have most of it decoded in vain.
  const runs = lastRow - firstRow + 1 < (level.runs?.length ?? 1) ? undefined : level.runs;
  const length = runs?.length ?? 1;
  for (let row = firstRow - (firstRow % length); row <= lastRow; row += length) {
    const run = { first: Math.max(firstRow, row), last: Math.min(lastRow, row + length - 1) };
    for (let col = firstCol; col <= lastCol; col++) yield runs ? { col, row, run } : { col, row };
  }
}
