// Huffman coding of blocks (ITU T.81 annex F.1.2). Bits are collected from the lowest on, as that needs no look at how many
// there are: tables hold every word mirrored, and once a row of blocks is done, `copyStuffed` mirrors the bytes and puts a
// zero behind each FF.

import { NON_ZERO, ORDERED } from './jpeg-encode-transform';

/**
 * Tables as io/kernels/jpeg-encode/coding-tables.ts lays them out: DC by difference + 2048; AC at 256 x distance + value as
 * a byte, where distance is one more than the zeros before it; AC by symbol; values alone at value + 1024. An entry has the
 * number of its bits (at most 23) in the lowest 6, the bits above.
 */
const DC_MIDDLE: usize = 2048 * 4;
const AC_VALUES: usize = 4096 * 4;
const AC_SYMBOLS: usize = AC_VALUES + 64 * 256 * 4;
const VALUE_MIDDLE: usize = AC_SYMBOLS + (256 + 1024) * 4;
export const HUFFMAN_BYTES: usize = AC_SYMBOLS + (256 + 2048) * 4;

/** Stands where a coefficient has no entry; no two entries add up to it. */
const RARE: u32 = 0x40000000;
const RUN_OF_16: usize = 0xf0;
const END_OF_BLOCK: usize = 0;

/** Where a transformed block has each coefficient of the zigzag. */
const PLACES = memory.data<u8>([
  0, 2, 8, 1, 10, 4, 6, 12, 3, 9, 16, 11, 5, 14, 32, 34,
  40, 7, 13, 18, 24, 17, 26, 20, 15, 33, 42, 36, 38, 44, 35, 41,
  22, 28, 19, 25, 27, 21, 30, 48, 43, 37, 46, 39, 45, 50, 56, 23,
  29, 31, 49, 58, 52, 47, 54, 60, 51, 57, 59, 53, 62, 55, 61, 63,
]);

// The place in the stream: the next byte to write, and the `bitCount` (0 to 11) bits behind it that are known.
let to: usize = 0;
let bits: u64 = 0;
let bitCount: u64 = 0;

export function startBits(bytes: usize): void {
  to = bytes;
  bits = 0;
  bitCount = 0;
}

/** Goes on at the first byte with the bits that wait. @returns the address behind the last whole byte */
export function rewindBytes(bytes: usize): usize {
  const end = to;
  to = bytes;
  return end;
}

/**
 * Codes a transformed block. `dcBefore` is the DC coefficient of the block before of this component. The next 8 bytes behind
 * the stream may be touched. Symbols go two at a time; where one has no entry, the block is coded anew.
 */
export function codeBlock(block: usize, dcBefore: i32, tables: usize): void {
  const difference = <usize>((<i32>load<i16>(block) - dcBefore) << 2);
  const nonZero = load<u64>(block, NON_ZERO);
  let out = to;
  let pending = bits;
  let count = bitCount;
  // The first coefficient of an odd number goes with the difference, and otherwise an entry without bits.
  const odd = popcnt(nonZero) & 1;
  let before = <usize>(ctz(nonZero) & (0 - odd));
  let mask = nonZero & (nonZero - odd);
  let one = load<u32>(tables + DC_MIDDLE + difference);
  let two = getEntry(block, tables, before, before);
  while (true) {
    const sum = one + two;
    if (sum >= RARE) return codeRareBlock(block, difference, tables);
    pending |= (<u64>(one >> 6) | (<u64>(two >> 6) << <u64>one)) << count;
    store<u64>(out, pending);
    count += <u64>(sum & 63);
    out += <usize>(count >> 3);
    pending >>= count & 56;
    count &= 7;
    if (mask == 0) break;
    const first = <usize>ctz(mask);
    one = getEntry(block, tables, first - before, first);
    mask &= mask - 1;
    before = <usize>ctz(mask);
    two = getEntry(block, tables, before - first, before);
    mask &= mask - 1;
  }
  if (before < 63) {
    const end = load<u32>(tables, AC_SYMBOLS + (END_OF_BLOCK << 2));
    pending |= <u64>(end >> 6) << count;
    count += <u64>(end & 63);
  }
  to = out;
  bits = pending;
  bitCount = count;
}

// @ts-ignore: decorator
@inline
function getEntry(block: usize, tables: usize, distance: usize, at: usize): u32 {
  return load<u32>(tables + (((distance << 8) + <usize>load<u8>(block + at, ORDERED)) << 2), AC_VALUES);
}

/** The same one at a time, with words for coefficients that have no entry of their own. */
function codeRareBlock(block: usize, difference: usize, tables: usize): void {
  const symbols = tables + AC_SYMBOLS;
  let out = to;
  let pending = bits;
  let count = bitCount;
  let mask = load<u64>(block, NON_ZERO);
  let before: usize = 0;
  let one = load<u32>(tables + DC_MIDDLE + difference);
  let two: u32 = 0;
  while (true) {
    pending |= (<u64>(one >> 6) | (<u64>(two >> 6) << <u64>one)) << count;
    store<u64>(out, pending);
    count += <u64>((one + two) & 63);
    out += <usize>(count >> 3);
    pending >>= count & 56;
    count &= 7;
    if (mask == 0) break;
    two = 0;
    const at = <usize>ctz(mask);
    const distance = at - before;
    if (distance > 16) {
      one = load<u32>(symbols, RUN_OF_16 << 2);
      before += 16;
      continue;
    }
    one = getEntry(block, tables, distance, at);
    if (one >= RARE) {
      const value = <i32>load<i16>(block + (<usize>load<u8>(PLACES + at) << 1));
      two = load<u32>(tables + VALUE_MIDDLE + <usize>(value << 2));
      one = load<u32>(symbols + ((((distance - 1) << 4) | <usize>(two & 63)) << 2));
    }
    before = at;
    mask &= mask - 1;
  }
  to = out;
  bits = pending;
  bitCount = count;
  if (before < 63) put(load<u32>(symbols, END_OF_BLOCK << 2));
}

/** A block that only fills up an MCU: no change of DC, and nothing else. */
export function codeEmptyBlock(tables: usize): void {
  put(load<u32>(tables, DC_MIDDLE));
  put(load<u32>(tables, AC_SYMBOLS + (END_OF_BLOCK << 2)));
}

// @ts-ignore: decorator
@inline
function put(entry: u32): void {
  const all = bits | (<u64>(entry >> 6) << bitCount);
  store<u64>(to, all);
  const count = bitCount + <u64>(entry & 63);
  to += <usize>(count >> 3);
  bits = all >> (count & 56);
  bitCount = count & 7;
}

/** The bits of a word in reverse. */
function mirror(word: u32): u32 {
  let all = ((word >> 1) & 0x55555555) | ((word & 0x55555555) << 1);
  all = ((all >> 2) & 0x33333333) | ((all & 0x33333333) << 2);
  all = ((all >> 4) & 0x0f0f0f0f) | ((all & 0x0f0f0f0f) << 4);
  return bswap<u32>(all);
}

/** Mirrored halves of a byte: what stands below goes up, and what stands above goes down. */
const MIRROR_UP = memory.data<u8>([0, 128, 64, 192, 32, 160, 96, 224, 16, 144, 80, 208, 48, 176, 112, 240], 16);
const MIRROR_DOWN = memory.data<u8>([0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], 16);

const NIBBLE = memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15], 16);
const ONES = memory.data<i32>([-1, -1, -1, -1], 16);

/** Mirrors bytes into the file and puts a zero behind each FF. @returns the address behind the last byte */
export function copyStuffed(from: usize, end: usize, out: usize): usize {
  const up = v128.load(MIRROR_UP);
  const down = v128.load(MIRROR_DOWN);
  const nibble = v128.load(NIBBLE);
  const ones = v128.load(ONES);
  // Read, but not part of it.
  v128.store(end, i64x2.splat(0));
  let target = out;
  let at = from;
  while (at < end) {
    const bytes = v128.load(at);
    const low = i8x16.swizzle(up, v128.and(bytes, nibble));
    const high = i8x16.swizzle(down, v128.and(i16x8.shr_u(bytes, 4), nibble));
    const mirrored = v128.or(low, high);
    v128.store(target, mirrored);
    const full = i8x16.bitmask(i8x16.eq(mirrored, ones));
    if (full == 0) {
      at += 16;
      target += 16;
      continue;
    }
    const whole = <usize>ctz(full) + 1;
    store<u8>(target + whole, 0);
    at += whole;
    target += whole + 1;
  }
  return target - (at - end);
}

/** Writes the bits that wait, filled up with ones. @returns the address behind the last byte */
export function finishBits(out: usize): usize {
  let target = out;
  let filled = mirror(<u32>(bits | (~(<u64>0) << bitCount)));
  for (let left = <i32>bitCount; left > 0; left -= 8, filled <<= 8) {
    const byte = filled >> 24;
    store<u16>(target, byte);
    target += byte == 0xff ? 2 : 1;
  }
  return target;
}
