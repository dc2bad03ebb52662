import { setImmediate as nextTurn } from 'node:timers/promises';
import { COMPRESSION } from '../../io/tiff/tags.ts';
import type { Slide } from '../../slide/slide.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import { reorder } from '../../utils/reorder.ts';
import type { CheckPool } from './check-pool.ts';
import type { LevelTiles } from './choose-tiles.ts';
import { describeFault, openTileChecker } from './tile-checker.ts';
import { type BadPlace, groupPlaces, type TileCheck, type TileJob } from './tile-job.ts';

/** Jobs a worker that are under way or wait for their turn: a few hundred bytes each. */
const WINDOW = 4;
/** A level of fewer pixels is read on this thread, in a second at most: threads take time to start, and memory. */
const SMALL_LEVEL = 64 * 2 ** 20;
/** JPEG 2000 takes ten times as long as others and more. */
const SMALL_JPEG2000 = 4 * 2 ** 20;
const JPEG2000: readonly number[] = [
  COMPRESSION.Jpeg2000,
  COMPRESSION.Jpeg2000Lossy,
  COMPRESSION.Jpeg2000Rgb,
  COMPRESSION.Jpeg2000Ycbcr,
];
/** Decoded bytes of tiles that a slide is asked for at once; one tile at least. */
const BYTES_IN_FLIGHT = 48 * 2 ** 20;
const MOST_IN_FLIGHT = 4;

/** Reads the chosen tiles of a level; results come in the order of the places, whoever reads them. */
export async function* checkTiles(
  slide: Slide,
  tiles: LevelTiles,
  { pool, signal }: { pool: () => CheckPool; signal: AbortSignal | undefined },
): AsyncGenerator<TileCheck> {
  const { layout } = tiles;
  if (!layout) yield* askSlide(slide, tiles, signal);
  else if (isSmall(tiles, layout)) yield* checkHere(tiles, layout, signal);
  else {
    const threads = pool();
    const jobs = createJobs(slide, tiles, layout);
    const ordered = reorder<TileJob, TileCheck>(threads, jobs, { window: WINDOW * threads.size, signal });
    for await (const { result } of ordered) yield result;
  }
}

function isSmall({ level, chosen }: LevelTiles, { compression }: TileLayout): boolean {
  const pixels = chosen * level.tileWidth * level.tileHeight;
  return pixels < (JPEG2000.includes(compression) ? SMALL_JPEG2000 : SMALL_LEVEL);
}

function* createJobs({ name, identity }: Slide, tiles: LevelTiles, layout: TileLayout): Generator<TileJob> {
  const key = JSON.stringify([name, identity, tiles.index]);
  for (const places of groupPlaces(tiles)) yield { key, layout, tiles: places };
}

async function* checkHere(
  tiles: LevelTiles,
  layout: TileLayout,
  signal: AbortSignal | undefined,
): AsyncGenerator<TileCheck> {
  using checker = openTileChecker(layout);
  for (const places of groupPlaces(tiles)) {
    signal?.throwIfAborted();
    yield await checker.check(places);
    // Decoding here never waits: an interrupt has to get its turn.
    await nextTurn();
  }
}

/** For slides whose tiles lie in several files, or are put together, or are OpenSlide's affair. */
async function* askSlide(slide: Slide, tiles: LevelTiles, signal: AbortSignal | undefined): AsyncGenerator<TileCheck> {
  const { tileWidth, tileHeight } = tiles.level;
  const depth = Math.max(1, Math.min(MOST_IN_FLIGHT, Math.floor(BYTES_IN_FLIGHT / (tileWidth * tileHeight * 3))));
  for (const places of groupPlaces(tiles)) {
    for (let first = 0; first < places.length; first += depth) {
      signal?.throwIfAborted();
      const asked = [...places.subarray(first, first + depth)];
      const found = await Promise.allSettled(asked.map((place) => hasTile(slide, tiles, place)));
      yield sumUp(asked, found);
    }
  }
}

/** False where a sparse file leaves it out. @throws TileError */
async function hasTile(slide: Slide, { index, level, columns }: LevelTiles, place: number): Promise<boolean> {
  const col = place % columns;
  const row = Math.floor(place / columns);
  if (slide.checkTile) return slide.checkTile(index, col, row);
  const { downsample, tileWidth: width, tileHeight: height } = level;
  const corner = { x: col * width * downsample.x, y: row * height * downsample.y };
  await slide.readRegion({ ...corner, level: index, width, height });
  return true;
}

function sumUp(places: readonly number[], found: readonly PromiseSettledResult<boolean>[]): TileCheck {
  const bad: BadPlace[] = [];
  let missing = 0;
  for (const [at, one] of found.entries()) {
    if (one.status === 'rejected') bad.push(describeFault(places[at] ?? 0, one.reason));
    else if (!one.value) missing++;
  }
  return { read: places.length - missing, missing, bad };
}
