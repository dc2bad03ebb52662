import type { CodingTables } from './coding-tables.ts';
import { AC_TABLES, DC_TABLES, type HuffmanTable, ZIGZAG } from './standard-tables.ts';

/** The markers around the scan of a baseline JPEG (T.81 annex B), in the order in which libjpeg writes them. */

export interface JpegShape {
  readonly channels: 1 | 3;
  readonly subsampling: '4:2:0' | '4:4:4';
}

/** Where height and width stand in a header, counted from its end. */
export interface JpegHeader {
  readonly bytes: Uint8Array;
  /** Of the height; the width is behind it. Both are 2 bytes, the highest first. */
  readonly sizeAt: number;
}

export const END_OF_IMAGE = [0xff, 0xd9] as const;
const START_OF_IMAGE = [0xff, 0xd8];
/** JFIF 1.01, no unit, square pixels, no thumbnail. */
const JFIF = [0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
const SEGMENT = { quantisation: 0xdb, frame: 0xc0, huffman: 0xc4, scan: 0xda };

/**
 * Everything before the scan. With tables it is a JFIF file's; without, an abbreviated stream's, as a TIFF with tables of
 * its own holds them: no JFIF marker, no tables.
 */
export function createHeader(shape: JpegShape, tables: CodingTables | undefined): JpegHeader {
  const front = tables ? [...START_OF_IMAGE, ...JFIF, ...listQuantisation(shape, tables)] : START_OF_IMAGE;
  const bytes = [
    ...front,
    ...segment(SEGMENT.frame, [8, 0, 0, 0, 0, ...listComponents(shape)]),
    ...(tables ? listHuffman(shape) : []),
    ...segment(SEGMENT.scan, [...listScan(shape), 0, 63, 0]),
  ];
  return { bytes: Uint8Array.from(bytes), sizeAt: front.length + 5 };
}

/** The tables alone, as a stream that is a TIFF's JPEGTables (tag 347). */
export function createTablesStream(shape: JpegShape, tables: CodingTables): Uint8Array {
  return Uint8Array.from([
    ...START_OF_IMAGE,
    ...listQuantisation(shape, tables),
    ...listHuffman(shape),
    ...END_OF_IMAGE,
  ]);
}

function segment(marker: number, content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
}

function listQuantisation({ channels }: JpegShape, { steps }: CodingTables): number[] {
  const kinds = channels === 1 ? ([0] as const) : ([0, 1] as const);
  return kinds.flatMap((kind) => segment(SEGMENT.quantisation, [kind, ...ZIGZAG.map((at) => steps[kind][at]!)]));
}

function listHuffman({ channels }: JpegShape): number[] {
  const kinds = channels === 1 ? ([0] as const) : ([0, 1] as const);
  const list = (kind: number, { counts, symbols }: HuffmanTable) =>
    segment(SEGMENT.huffman, [kind, ...counts, ...symbols]);
  return kinds.flatMap((kind) => [...list(kind, DC_TABLES[kind]), ...list(0x10 + kind, AC_TABLES[kind])]);
}

/** Identifier, sampling factors and quantisation table of each component. */
function listComponents({ channels, subsampling }: JpegShape): number[] {
  if (channels === 1) return [1, 1, 0x11, 0];
  return [3, 1, subsampling === '4:2:0' ? 0x22 : 0x11, 0, 2, 0x11, 1, 3, 0x11, 1];
}

/** Identifier and Huffman tables of each component. */
function listScan({ channels }: JpegShape): number[] {
  return channels === 1 ? [1, 1, 0] : [3, 1, 0, 2, 0x11, 3, 0x11];
}
