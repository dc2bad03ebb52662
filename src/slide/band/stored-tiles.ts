import type { Raster } from '../../io/raster.ts';
import type { BandTileReader } from './band.ts';

/** Reads the tiles of one layout, from a file descriptor or a connection of its own, until it is disposed. */
export interface StoredTileReader extends BandTileReader, Disposable {
  /** Stored tiles that were read so far. */
  readonly tilesRead: number;
  /**
   * The bytes of a tile as stored, good until the next read; undefined where a sparse file has none. A promise where the
   * file is remote. Throws, or rejects, what the tile's error is.
   */
  readStored(col: number, row: number): Uint8Array | undefined | Promise<Uint8Array>;
  /** Says which tiles will soon be read; absent where that helps nothing. */
  prefetch?(tiles: Iterable<{ readonly col: number; readonly row: number }>): void;
  /** The pixels of a tile by themselves, of the layout's size. Rejects with what the tile's error is. */
  decodeTile(col: number, row: number): Promise<Raster | undefined>;
}
