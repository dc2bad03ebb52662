import type { Raster } from '../raster.ts';

/** All that a decoder must know of a stored tile besides its bytes. */
export interface TileParameters {
  /** Pixels that the tile stores (for the last strip: the rows that are left). */
  readonly width: number;
  readonly height: number;
  /** Rows of a full tile or strip; more than `height` for a last strip, which some writers pad. */
  readonly fullHeight: number;
  /** Samples per pixel as stored. */
  readonly samples: number;
  readonly bitsPerSample: number;
  /** Byte order of 16-bit samples; `true` by default. */
  readonly littleEndian?: boolean;
  /** TIFF tag 262. */
  readonly photometric: number;
  /** TIFF tag 317. */
  readonly predictor: number;
  /** TIFF tag 338 of the first extra sample: 1 or 2 is alpha. */
  readonly extraSample: number;
  /** TIFF tag 347: quantisation and Huffman tables shared by all tiles of a level. */
  readonly jpegTables: Uint8Array | undefined;
}

/**
 * Decodes one stored tile into RGB or grey. A codec keeps no state between calls; calls may run in parallel.
 * `decode` throws `CodecError` for bytes that it can't decode completely: it never fills in.
 */
export interface TileCodec {
  readonly name: string;
  /** Why such tiles can't be decoded; undefined where they can. Asked once when a slide is opened. */
  getUnsupportedReason(parameters: TileParameters): string | undefined;
  decode(bytes: Uint8Array, parameters: TileParameters): Promise<Raster>;
}
