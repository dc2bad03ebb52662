import type { PixelBlock } from '../pixel-block.ts';
import { MAX_HEAD_BYTES } from './deflate-block.ts';

/** What stands around the deflate block of a PNG with one data chunk. */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER = [0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
const DATA = [0x49, 0x44, 0x41, 0x54];
const END = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];
/** 32 KiB window, no dictionary, fastest (RFC 1950). */
const ZLIB_HEADER = [0x78, 0x01];

const HEADER_AT = SIGNATURE.length;
const DATA_AT = HEADER_AT + 25;
const ZLIB_AT = DATA_AT + 8;
/** The end of the block, Adler-32, CRC-32, the end chunk, and what a last 8-byte store may touch. */
const BACK_BYTES = 3 + 4 + 4 + END.length + 8;

/** Computes the CRC-32 of `length` bytes of the output from `at` on. */
export type Crc = (at: number, length: number) => number;

/**
 * The most bytes that a block of this size can take: no literal has more than 14 bits, and a run has fewer than the
 * literals it stands for.
 */
export function getPngBound({ width, height, channels }: Pick<PixelBlock, 'width' | 'height' | 'channels'>): number {
  const literals = height * (1 + width * channels);
  return ZLIB_AT + ZLIB_HEADER.length + MAX_HEAD_BYTES + Math.ceil((literals * 14) / 8) + BACK_BYTES;
}

/** Writes all up to the deflate block, but for the checksum of the header and the length of the data. */
export function beginFile(bytes: Uint8Array, { width, height, channels }: PixelBlock): number {
  bytes.set(SIGNATURE, 0);
  bytes.set(HEADER, HEADER_AT);
  putWord(bytes, HEADER_AT + 8, width);
  putWord(bytes, HEADER_AT + 12, height);
  // 8 bits; colour type 2 is RGB, 0 is grey; deflate, adaptive filters, not interlaced.
  bytes.set([8, channels === 3 ? 2 : 0, 0, 0, 0], HEADER_AT + 16);
  bytes.set(DATA, DATA_AT + 4);
  bytes.set(ZLIB_HEADER, ZLIB_AT);
  return ZLIB_AT + ZLIB_HEADER.length;
}

/** @returns the length of the file whose zlib stream ends at `end` */
export function finishFile(bytes: Uint8Array, end: number, crc: Crc): number {
  putWord(bytes, HEADER_AT + 21, crc(HEADER_AT + 4, 17));
  putWord(bytes, DATA_AT, end - ZLIB_AT);
  putWord(bytes, end, crc(DATA_AT + 4, end - DATA_AT - 4));
  bytes.set(END, end + 4);
  return end + 4 + END.length;
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
