import type { TileParameters } from '../io/codec/tile-codec.ts';
import type { ColorTable } from '../io/icc/srgb-table.ts';
import type { RemoteAddress } from '../io/source/remote-address.ts';

/**
 * Where the stored tiles of one level lie in a file, as plain data for another thread. The positions are in shared memory:
 * posting a layout copies none of them.
 */
export interface TileLayout {
  /** Path of the file; of a remote one its name for messages. */
  readonly path: string;
  /** How a remote file is opened. */
  readonly remote?: RemoteAddress;
  readonly level: number;
  /** Pixels of the level. */
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** TIFF tag 259. */
  readonly compression: number;
  /** Of a whole tile; the last strip of an image in strips stores fewer rows. */
  readonly parameters: TileParameters;
  /** Strips, which are as wide as the level, instead of tiles. */
  readonly strips: boolean;
  /** A byte count above this is refused. */
  readonly maxTileBytes: number;
  /** Byte offset of each tile, row by row; 0 where a sparse file stores none. In a SharedArrayBuffer. */
  readonly offsets: Float64Array;
  readonly counts: Float64Array;
  /**
   * Tiles are the restart intervals of one JPEG, stored from the marker before the data on (NaN where no marker was found);
   * `head` stands before the data to make a JPEG of them, see `createIntervalJpeg`.
   */
  readonly restart?: { readonly head: Uint8Array };
  /** Decoded pixels are replaced by their entries: 3 bytes for each of 2^24 colours, in a SharedArrayBuffer. */
  readonly colors?: ColorTable;
  /** Tiles are decoded at a fraction of their size: pixels above are those of the reduced level, `parameters` as stored. */
  readonly reduction?: TileReduction;
}

/** A level read at 1/scale: its pixel (i, j) covers pixels [scale*i, scale*(i+1)) x [scale*j, scale*(j+1)) of the stored one. */
export interface TileReduction {
  readonly scale: 2 | 4 | 8;
  /** Scale 2: pixels are the means of 2 x 2 decoded ones. Without it the decoder makes them of the low frequencies. */
  readonly mean?: boolean;
  /** Pixels of the level as stored. */
  readonly width: number;
  readonly height: number;
}
