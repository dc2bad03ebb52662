import type { PixelBlock } from '../pixel-block.ts';
import { type BitPlace, COUNT_WORDS, LITERALS } from './deflate-block.ts';

/**
 * What assembly/png-encode.ts does, in plain TypeScript and with the same bytes: filtered rows as literals, whole chunks of
 * zeros as matches of distance 1. It is the oracle in tests and the way where WebAssembly has no SIMD.
 */
const CHUNK = 16;
const LONGEST_MATCH = 258;
const SECOND_LONGEST = 255;
const MATCHES = LITERALS + 1;
const END_OF_BLOCK = 256;
const ADLER_BASE = 65_521;
/** Bytes after which the sums of the checksum are reduced (RFC 1950). */
const ADLER_CHUNK = 3840;

export interface TwinJob {
  readonly block: PixelBlock;
  /** 1 sub, 2 up, 4 Paeth. */
  readonly filter: number;
  /** Receives one filtered row. */
  readonly row: Uint8Array;
}

/** Tallies the symbols of every `every`-th row, beginning with row `every >> 1`, into `counts`. */
export function countSymbols(job: TwinJob, every: number, counts: Uint32Array): void {
  counts.fill(0, 0, COUNT_WORDS);
  const { block, filter, row } = job;
  const length = block.width * block.channels;
  for (let y = every >> 1; y < block.height; y += every) {
    filterRow(job, y);
    counts[filter]!++;
    for (let i = 0; i < length; ) {
      const run = measureRun(row, i, length);
      if (run === 0) counts[row[i++]!]!++;
      else {
        counts[0]!++;
        for (let left = run - 1; left > 0; left -= getMatchLength(left)) counts[4 * LITERALS + getMatchLength(left)]!++;
        i += run;
      }
    }
  }
}

/** Writes the bits of the block, its end and the Adler-32 at `place`. @returns where the next byte goes */
export function writeSymbols(job: TwinJob, codes: Uint32Array, place: BitPlace): number {
  const { block, filter, row } = job;
  const length = block.width * block.channels;
  let adler = 1;
  for (let y = 0; y < block.height; y++) {
    filterRow(job, y);
    adler = addToAdler(adler, filter, row.subarray(0, length));
    put(place, codes, filter);
    for (let i = 0; i < length; ) {
      const run = measureRun(row, i, length);
      if (run === 0) put(place, codes, row[i++]!);
      else {
        put(place, codes, 0);
        for (let left = run - 1; left > 0; left -= getMatchLength(left))
          put(place, codes, MATCHES + getMatchLength(left));
        i += run;
      }
    }
  }
  put(place, codes, END_OF_BLOCK);
  let at = place.at;
  if (place.bitCount > 0) place.bytes[at++] = place.bits;
  for (let shift = 24; shift >= 0; shift -= 8) place.bytes[at++] = adler >>> shift;
  return at;
}

function filterRow({ block, filter, row }: TwinJob, y: number): void {
  const { pixels, pitch, width, channels } = block;
  const length = width * channels;
  const from = y * pitch;
  for (let i = 0; i < length; i++) {
    const a = i < channels ? 0 : pixels[from + i - channels]!;
    const b = y === 0 ? 0 : pixels[from + i - pitch]!;
    const c = y === 0 || i < channels ? 0 : pixels[from + i - pitch - channels]!;
    row[i] = pixels[from + i]! - (filter === 4 ? predictPaeth(a, b, c) : filter === 2 ? b : a);
  }
}

function predictPaeth(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

/** Zeros from `i` on in whole chunks; 0 where no chunk begins or it holds anything else. */
function measureRun(row: Uint8Array, i: number, length: number): number {
  if (i % CHUNK !== 0) return 0;
  const end = length - (length % CHUNK);
  let to = i;
  while (to < end && row[to] === 0) to++;
  return to - i - ((to - i) % CHUNK);
}

/** The next match of a run of `left` zeros, of which never 1 or 2 are left over. */
function getMatchLength(left: number): number {
  if (left <= LONGEST_MATCH) return left;
  return left - LONGEST_MATCH < 3 ? SECOND_LONGEST : LONGEST_MATCH;
}

/** Entries have at most 20 bits, and at most 7 wait. */
function put(place: BitPlace, codes: Uint32Array, entry: number): void {
  const count = codes[2 * entry]!;
  place.bits |= (codes[2 * entry + 1]! >>> (32 - count)) << place.bitCount;
  place.bitCount += count;
  for (; place.bitCount >= 8; place.bitCount -= 8, place.bits >>>= 8) place.bytes[place.at++] = place.bits;
}

function addToAdler(adler: number, filter: number, row: Uint8Array): number {
  let low = (adler & 0xffff) + filter;
  let high = (adler >>> 16) + low;
  for (let i = 0; i < row.length; ) {
    const stop = Math.min(row.length, i + ADLER_CHUNK);
    for (; i < stop; i++) {
      low += row[i]!;
      high += low;
    }
    low %= ADLER_BASE;
    high %= ADLER_BASE;
  }
  return ((high << 16) | low) >>> 0;
}
