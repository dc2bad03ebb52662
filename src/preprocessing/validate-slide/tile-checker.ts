import { getThreadJpegDecoder } from '../../io/codec/decode-with-kernels.ts';
import { COMPRESSION } from '../../io/tiff/tags.ts';
import { createJpegTileDecoder } from '../../slide/band/jpeg-tile-decoder.ts';
import { chooseReduction, reduceLayout } from '../../slide/band/reduce-layout.ts';
import { openStoredTiles } from '../../slide/band/stored-tile-reader.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import type { BadPlace, TileCheck } from './tile-job.ts';

/** Reads and decodes tiles of one layout; one tile is held at a time. */
export interface TileChecker extends Disposable {
  /** @throws RemoteError: what a server fails to give is no bad tile */
  check(tiles: Uint32Array): Promise<TileCheck>;
}

/**
 * JPEG tiles are decoded at 1/8 where their layout allows it: all of their data are walked and checked, and most of the
 * work on pixels, which nobody looks at, is saved.
 * @throws SourceError where the file can't be opened
 */
export function openTileChecker(layout: TileLayout): TileChecker {
  const scale = chooseReduction(layout, { x: 8, y: 8 });
  const reader = openStoredTiles(scale === 1 ? layout : reduceLayout(layout, scale), {
    decoder: layout.compression === COMPRESSION.Jpeg ? createJpegTileDecoder(getThreadJpegDecoder) : undefined,
    bytes: () => new Uint8Array(0),
  });
  const locate = (place: number) => ({ col: place % layout.columns, row: Math.floor(place / layout.columns) });
  return {
    async check(tiles) {
      reader.prefetch?.(Array.from(tiles, locate));
      let missing = 0;
      const bad: BadPlace[] = [];
      for (const place of tiles) {
        const { col, row } = locate(place);
        try {
          if (!(await reader.decodeTile(col, row))) missing++;
        } catch (error) {
          bad.push(describeFault(place, error));
        }
      }
      return { read: tiles.length - missing, missing, bad };
    },
    [Symbol.dispose]() {
      reader[Symbol.dispose]();
    },
  };
}

/** @throws RemoteError, SlideClosedError, OptionError: where it is given one */
export function describeFault(place: number, error: unknown): BadPlace {
  const cause = isSlideloomError(error, 'tile') ? error.cause : error;
  if (isSlideloomError(cause, 'remote', 'slide-closed', 'option')) throw cause;
  const tag = isSlideloomError(cause) ? cause.tag : 'unexpected';
  return { place, tag, cause: cause instanceof Error ? cause.message : String(cause) };
}
