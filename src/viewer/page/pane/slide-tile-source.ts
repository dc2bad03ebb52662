import type { SlideFacts } from '../../contract.ts';
import { getTileAddress } from '../data/addresses.ts';
import { describeError } from '../data/describe-error.ts';
import { FetchError, fetchAnswer } from '../data/fetch-json.ts';
import { drawFailedTile } from './failed-tile.ts';
import { chooseSlideLevels } from './slide-levels.ts';
import { createTileSource, type LoadTile, type TileAt, type TileSource } from './tile-source.ts';
import { type Tint, tintBitmap } from './tint-bitmap.ts';

export interface SlideTileOptions {
  /** Name of a view; null: the slide as it is stored. */
  readonly view: string | null;
  /** Of the tiles: that of the slide, or of the view. */
  readonly version: string;
  /** For the grey tiles of a channel. */
  readonly tint?: Tint;
  /** What can't be read, once for each stored tile, as coarser tiles are made of it too; these are shown as such. */
  readonly onFailure?: (message: string) => void;
}

/** The slide's own tiles, or those of a view on the same grid. Pixels are as stored: browsers don't change their colours. */
export function createSlideTileSource(facts: SlideFacts, options: SlideTileOptions): TileSource {
  const { view, version, tint, onFailure } = options;
  const { width, height, deepZoom, id } = facts;
  const levels = chooseSlideLevels(facts);
  const folder = view === null ? null : `views/${view}`;
  const grid = { width, height, tileSize: deepZoom.tileSize, downsamples: levels.map((one) => one.downsample) };
  const told = new Set<string>();
  const load: LoadTile = async ({ level, col, row }, signal) => {
    const { level: number, downsample } = levels[level] ?? { level: 0, downsample: 1 };
    const address = getTileAddress(id, folder, { level: number, col, row, format: 'jpg', version });
    try {
      const bitmap = await fetchBitmap(address, signal);
      return tint ? tintBitmap(bitmap, tint) : bitmap;
    } catch (error) {
      if (signal.aborted || !isUnread(error)) throw error;
      const message = describe(error, { level: number, col, row });
      if (!told.has(message)) onFailure?.(message);
      told.add(message);
      const side = (whole: number, at: number) =>
        Math.min(deepZoom.tileSize, Math.ceil(whole / downsample) - at * deepZoom.tileSize);
      return drawFailedTile(side(width, col), side(height, row));
    }
  };
  return createTileSource(grid, `${id}/${view ?? ''}/${version}/${tint ? `${tint.color} ${tint.gain}` : ''}`, load, {
    opaque: true,
  });
}

/** A picture as it is stored: no colour profile is applied. @throws FetchError; what decoding throws */
export async function fetchBitmap(address: string, signal: AbortSignal): Promise<ImageBitmap> {
  const answer = await fetchAnswer(address, { signal, headers: { Accept: 'application/problem+json, image/*' } });
  return createImageBitmap(await answer.blob(), { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
}

/** The server is there, and what it has is no picture: asking again would not help, as it may when it is busy or gone. */
function isUnread(error: unknown): boolean {
  return error instanceof FetchError ? error.status !== 503 && error.status !== 429 : !(error instanceof TypeError);
}

function describe(error: unknown, { level, col, row }: TileAt): string {
  if (error instanceof FetchError && error.problem.detail !== undefined) return error.problem.detail;
  const what = describeError(error);
  return `Deep Zoom level ${level}, column ${col}, row ${row}: ${what}`;
}
