// The stream of a PNG without LZ77: filtered rows as literals of one dynamic Huffman block, and runs of zeros (flat glass)
// as matches of distance 1. Rows are filtered twice, to count and to write, so that one row of scratch is enough. The host
// makes the Huffman code from the counts in between (io/kernels/png-encode).

import { filterRow } from './png-filter';

/** The row in scratch stands behind its filter byte, at an aligned address. */
const ROW_OFFSET: usize = 16;
/** A run is whole chunks of so many zeros, counted from the start of the row. */
const CHUNK: i32 = 16;
const LONGEST_MATCH: i32 = 258;
/** Of a match of more than the longest: leaves at least 3 bytes for the next. */
const SECOND_LONGEST: i32 = 255;
const ADLER_BASE: u32 = 65521;
/** Bytes after which the sums of the checksum are reduced: far from 2^32 in each lane. */
const ADLER_CHUNK: i32 = 4096;
const LITERAL_TABLE: usize = 256 * 4;

/**
 * Counts the symbols of every `every`-th row, beginning with row `every >> 1`.
 * `counts` receives four histograms of 256 literals (bytes go to them in turn; the sum counts), then how often each match
 * length from 0 to 258 is used; all u32, cleared here. `scratch` holds two rows and 64 bytes; see `layOutRow`.
 */
export function pngCount(
  pixels: usize,
  pitch: i32,
  length: i32,
  rows: i32,
  step: i32,
  filter: i32,
  every: i32,
  scratch: usize,
  counts: usize,
): void {
  memory.fill(counts, 0, 4 * LITERAL_TABLE + (<usize>LONGEST_MATCH + 1) * 4);
  const zeros = layOutRow(scratch, length);
  const row = scratch + ROW_OFFSET;
  for (let y = every >> 1; y < rows; y += every) {
    const from = pixels + <usize>y * <usize>pitch;
    filterRow(filter, from, y == 0 ? zeros : from - <usize>pitch, row, length, step);
    increment(counts + (<usize>filter << 2));
    countRow(row, length, counts);
  }
}

/** Clears a row of zeros to stand above the first one, and the padding behind the row. @returns its address */
function layOutRow(scratch: usize, length: i32): usize {
  const padded = (<usize>length + 15) & ~15;
  const zeros = scratch + ROW_OFFSET + padded;
  memory.fill(scratch + ROW_OFFSET + <usize>length, 0, padded - <usize>length);
  memory.fill(zeros, 0, <usize>length);
  return zeros;
}

function countRow(row: usize, length: i32, counts: usize): void {
  const end = length & ~(CHUNK - 1);
  let i = 0;
  while (i < end) {
    const at = row + <usize>i;
    if (!v128.any_true(v128.load(at))) {
      const run = measureRun(row, i, end);
      increment(counts);
      countMatches(run - 1, counts + 4 * LITERAL_TABLE);
      i += run;
      continue;
    }
    const low = load<u64>(at);
    const high = load<u64>(at, 8);
    count4(low, counts);
    count4(low >> 32, counts);
    count4(high, counts);
    count4(high >> 32, counts);
    i += CHUNK;
  }
  for (; i < length; i++) increment(counts + (<usize>load<u8>(row + <usize>i) << 2));
}

/** Zeros from `i` on, in whole chunks. */
// @ts-ignore: decorator
@inline
function measureRun(row: usize, i: i32, end: i32): i32 {
  let to = i + CHUNK;
  while (to < end && !v128.any_true(v128.load(row + <usize>to))) to += CHUNK;
  return to - i;
}

function countMatches(length: i32, lengths: usize): void {
  let left = length;
  while (left > 0) {
    const match = getMatchLength(left);
    increment(lengths + (<usize>match << 2));
    left -= match;
  }
}

/** The next match of a run of `left` zeros, of which never 1 or 2 are left over. */
// @ts-ignore: decorator
@inline
function getMatchLength(left: i32): i32 {
  if (left <= LONGEST_MATCH) return left;
  return left - LONGEST_MATCH < 3 ? SECOND_LONGEST : LONGEST_MATCH;
}

// @ts-ignore: decorator
@inline
function count4(bytes: u64, counts: usize): void {
  increment(counts + <usize>((bytes << 2) & 0x3fc));
  increment(counts + LITERAL_TABLE + <usize>((bytes >> 6) & 0x3fc));
  increment(counts + 2 * LITERAL_TABLE + <usize>((bytes >> 14) & 0x3fc));
  increment(counts + 3 * LITERAL_TABLE + <usize>((bytes >> 22) & 0x3fc));
}

// @ts-ignore: decorator
@inline
function increment(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * Writes the bits of the block, its end and the Adler-32 behind them. The host has written the zlib header and the head of
 * the block: `out` is where the next whole byte goes, `pending` holds the `pendingBits` (0 to 7) bits before it.
 *
 * `codes`: u64 for each of 256 literals, the end of the block (256), then match lengths 0 to 258 at distance 1. An entry has
 * its bits at the top, in the order of the stream from the lowest on, and their number in the lowest 6 bits: literals have
 * at most 14, so that four and the pending bits fit in 64.
 * @returns the address behind the last byte; it writes up to 8 bytes behind that.
 */
export function pngWrite(
  pixels: usize,
  pitch: i32,
  length: i32,
  rows: i32,
  step: i32,
  filter: i32,
  scratch: usize,
  codes: usize,
  out: usize,
  pending: u32,
  pendingBits: u32,
): usize {
  const zeros = layOutRow(scratch, length);
  const row = scratch + ROW_OFFSET;
  to = out;
  bits = <u64>pending;
  bitCount = pendingBits;
  let adler: u32 = 1;
  for (let y = 0; y < rows; y++) {
    const from = pixels + <usize>y * <usize>pitch;
    filterRow(filter, from, y == 0 ? zeros : from - <usize>pitch, row, length, step);
    adler = addRow(adler, <u32>filter, row, length);
    put(load<u64>(codes + (<usize>filter << 3)));
    writeRow(row, length, codes);
  }
  put(load<u64>(codes, 256 * 8));
  to += <usize>((bitCount + 7) >> 3);
  store<u32>(to, bswap<u32>(adler));
  return to + 4;
}

// Where the stream stands: the next byte to write, and the bits of it that are known.
let to: usize = 0;
let bits: u64 = 0;
let bitCount: u32 = 0;

/** Appends one entry of the codes. */
// @ts-ignore: decorator
@inline
function put(entry: u64): void {
  const all = bits | ((entry >> (0 - entry)) << bitCount);
  store<u64>(to, all);
  const count = bitCount + <u32>(entry & 63);
  to += <usize>(count >> 3);
  bits = all >> (count & 56);
  bitCount = count & 7;
}

function writeRow(row: usize, length: i32, codes: usize): void {
  const end = length & ~(CHUNK - 1);
  let i = 0;
  while (i < end) {
    const at = row + <usize>i;
    if (v128.any_true(v128.load(at))) {
      writeChunk(at, codes);
      i += CHUNK;
      continue;
    }
    const run = measureRun(row, i, end);
    i += run;
    put(load<u64>(codes));
    let left = run - 1;
    while (left > 0) {
      const match = getMatchLength(left);
      put(load<u64>(codes + 257 * 8 + (<usize>match << 3)));
      left -= match;
    }
  }
  for (; i < length; i++) put(load<u64>(codes + (<usize>load<u8>(row + <usize>i) << 3)));
}

/** Appends 16 literals, four at a time; written out, as a loop would take a sixth of its time. */
// @ts-ignore: decorator
@inline
function writeChunk(row: usize, codes: usize): void {
  let out = to;
  let pending = bits;
  let count = bitCount;

  let a = getCode(codes, row, 0);
  let b = getCode(codes, row, 1);
  let c = getCode(codes, row, 2);
  let d = getCode(codes, row, 3);
  let sum = a + b + c + d;
  pending |= join(a, b, c, d, sum) << count;
  store<u64>(out, pending);
  count += <u32>sum;
  out += <usize>(count >> 3);
  pending >>= count & 56;
  count &= 7;

  a = getCode(codes, row, 4);
  b = getCode(codes, row, 5);
  c = getCode(codes, row, 6);
  d = getCode(codes, row, 7);
  sum = a + b + c + d;
  pending |= join(a, b, c, d, sum) << count;
  store<u64>(out, pending);
  count += <u32>sum;
  out += <usize>(count >> 3);
  pending >>= count & 56;
  count &= 7;

  a = getCode(codes, row, 8);
  b = getCode(codes, row, 9);
  c = getCode(codes, row, 10);
  d = getCode(codes, row, 11);
  sum = a + b + c + d;
  pending |= join(a, b, c, d, sum) << count;
  store<u64>(out, pending);
  count += <u32>sum;
  out += <usize>(count >> 3);
  pending >>= count & 56;
  count &= 7;

  a = getCode(codes, row, 12);
  b = getCode(codes, row, 13);
  c = getCode(codes, row, 14);
  d = getCode(codes, row, 15);
  sum = a + b + c + d;
  pending |= join(a, b, c, d, sum) << count;
  store<u64>(out, pending);
  count += <u32>sum;
  out += <usize>(count >> 3);
  pending >>= count & 56;
  count &= 7;

  to = out;
  bits = pending;
  bitCount = count;
}

// @ts-ignore: decorator
@inline
function getCode(codes: usize, row: usize, at: usize): u64 {
  return load<u64>(codes + (<usize>load<u8>(row + at) << 3));
}

/** Each entry shifts those before it down and lands on top; `sum` shifts all of them to the bottom. */
// @ts-ignore: decorator
@inline
function join(a: u64, b: u64, c: u64, d: u64, sum: u64): u64 {
  return ((((((a >> b) | b) >> c) | c) >> d) | d) >> (0 - sum);
}

/** Adler-32 (RFC 1950) of the filter byte and a row that is padded to 16 bytes with zeros. */
function addRow(adler: u32, filter: u32, row: usize, length: i32): u32 {
  let low = (adler & 0xffff) + filter;
  let high = (adler >> 16) + low;
  for (let start = 0; start < length; start += ADLER_CHUNK) {
    const stop = min(length, start + ADLER_CHUNK);
    let sums = i64x2.splat(0);
    let before = i64x2.splat(0);
    let weighted = i64x2.splat(0);
    for (let i = start; i < stop; i += 16) {
      const bytes = v128.load(row + <usize>i);
      const first = i16x8.extend_low_i8x16_u(bytes);
      const second = i16x8.extend_high_i8x16_u(bytes);
      before = i32x4.add(before, sums);
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.add(first, second), i16x8.splat(1)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(first, i16x8(16, 15, 14, 13, 12, 11, 10, 9)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(second, i16x8(8, 7, 6, 5, 4, 3, 2, 1)));
    }
    const padded = (stop - start + 15) & ~15;
    const sum = sumLanes(sums);
    // The padding adds nothing to the low half, and the low half to the high one once a byte: taken back.
    const atEnd = low + sum;
    high += <u32>padded * low + 16 * sumLanes(before) + sumLanes(weighted);
    high = (high - <u32>(padded - (stop - start)) * atEnd) % ADLER_BASE;
    low = atEnd % ADLER_BASE;
  }
  return (high << 16) | low;
}

// @ts-ignore: decorator
@inline
function sumLanes(lanes: v128): u32 {
  const pairs = i32x4.add(lanes, i8x16.shuffle(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return <u32>i32x4.extract_lane(pairs, 0) + <u32>i32x4.extract_lane(pairs, 1);
}
