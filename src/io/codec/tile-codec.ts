import type { Raster } from '../raster.ts';
import type { SampleBlock } from '../sample-raster.ts';

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
  /**
   * The low bits of samples of 16 that count, where the file says that fewer do: they are shown over all grey levels. TIFF
   * has no such word, only DICOM (Bits Stored).
   */
  readonly significantBits?: number;
  /** TIFF tag 339: 1 unsigned (the default), 2 signed, 3 floating. */
  readonly sampleFormat?: number;
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
  /** Access to samples as numbers; absent where `decode` gives all there is: unsigned ones of 8 bits. */
  readonly samples?: SampleCodec;
}

/** Stored samples as the numbers that they are, whatever they mean and however wide they are. */
export interface SampleCodec {
  /** As `TileCodec.getUnsupportedReason`. */
  getUnsupportedReason(parameters: TileParameters): string | undefined;
  /** @throws CodecError */
  decode(bytes: Uint8Array, parameters: TileParameters): Promise<SampleBlock>;
}
