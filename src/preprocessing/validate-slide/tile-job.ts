import type { TileLayout } from '../../slide/tile-layout.ts';
import type { LevelTiles } from './choose-tiles.ts';

/** Some tiles of one level: what a thread does at a time. Plain data, as it crosses threads. */
export interface TileJob {
  /** Names slide and level: jobs of one key have one layout. */
  readonly key: string;
  readonly layout: TileLayout;
  /** Places, row * columns + col. */
  readonly tiles: Uint32Array;
}

/** What became of the tiles of a job. */
export interface TileCheck {
  readonly read: number;
  /** Left out of a sparse file. */
  readonly missing: number;
  readonly bad: readonly BadPlace[];
}

export interface BadPlace {
  readonly place: number;
  readonly tag: string;
  readonly cause: string;
}

/** Of a job: some 50 ms of decoding, so that a run can be stopped. */
const JOB_PIXELS = 4 * 2 ** 20;
/** Encoded: what a remote job has fetched ahead must fit into a worker's cache. */
const JOB_BYTES = 4 * 2 ** 20;
const JOB_TILES = 512;

/** Cuts places into lists that are read at a time. */
export function* groupPlaces({ level, layout, list }: LevelTiles): Generator<Uint32Array> {
  const most = Math.max(1, Math.min(JOB_TILES, Math.floor(JOB_PIXELS / (level.tileWidth * level.tileHeight))));
  let places: number[] = [];
  let bytes = 0;
  for (const place of list()) {
    const size = layout?.counts[place] || 0;
    if (places.length > 0 && (places.length >= most || bytes + size > JOB_BYTES)) {
      yield Uint32Array.from(places);
      places = [];
      bytes = 0;
    }
    places.push(place);
    bytes += size;
  }
  if (places.length > 0) yield Uint32Array.from(places);
}
