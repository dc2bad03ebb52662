import type { Slide } from '../../slide/slide.ts';
import { AbortedError } from '../../utils/errors.ts';
import { type BadTileList, createBadTileList } from './bad-tiles.ts';
import type { ConvertSettings } from './options.ts';

/** What all parts of a conversion share. */
export interface Conversion {
  readonly slide: Slide;
  readonly settings: ConvertSettings;
  readonly badTiles: BadTileList;
  /** Pieces of the slide that are read at a time. */
  readonly ahead: number;
  /** So many more tiles are written. */
  advance(tiles: number): void;
  /** @throws AbortedError */
  checkAborted(): void;
}

/** @param total tiles that will be written. */
export function createConversion(
  slide: Slide,
  settings: ConvertSettings,
  { total, signal, ahead }: { total: number; signal: AbortSignal; ahead: number },
): Conversion {
  let done = 0;
  return {
    slide,
    settings,
    badTiles: createBadTileList(settings.onBadTile),
    ahead,
    advance(tiles) {
      done += tiles;
      settings.onProgress?.({ done, total });
    },
    checkAborted() {
      if (!signal.aborted) return;
      const { reason } = signal;
      throw reason instanceof Error && 'tag' in reason
        ? reason
        : new AbortedError('the conversion was not finished', { cause: reason });
    },
  };
}
