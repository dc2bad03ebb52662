// Huffman coding of blocks (ITU T.81 annex F.1.2). Bits go to words of 32 without looking at them; once a row of blocks is
// done, `copyStuffed` brings the words into the order of the file and puts a zero behind each FF.

import { COEFFICIENTS, ORDERED } from './jpeg-encode-transform';

/** Tables as io/kernels/jpeg-encode/coding-tables.ts lays them out: DC words, AC for common values, AC by symbol. */
const DC_WORDS: usize = 64;
/** Runs of 0 to 14 zeros, each with 128 values from -64 on and as many unused places. */
const COMMON_RUN_WORDS: usize = 256 * 4;
const COMMON_WORDS: usize = 15 * COMMON_RUN_WORDS;
/** Bits of (run + 1) << 8 | (value + 64) that are set where a coefficient has no entry of its own. */
const RARE: u32 = 0xf080;

const RUN_OF_16: i32 = 0xf0;
const END_OF_BLOCK: i32 = 0;

/** Place of each coefficient in zigzag order, counted row by row. */
const NATURAL = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
]);

// The place in the stream: where the next word goes, and the lowest `bitCount` (0 to 31) bits of `bits` that wait for it.
let to: usize = 0;
let bits: u64 = 0;
let bitCount: u64 = 0;

export function startBits(words: usize): void {
  to = words;
  bits = 0;
  bitCount = 0;
}

/** Goes on at the first word with the bits that wait. @returns the address behind the last whole word */
export function rewindWords(words: usize): usize {
  const end = to;
  to = words;
  return end;
}

/**
 * Codes the block that was transformed last; `nonZero` has a bit for each coefficient in zigzag order. `dcBefore` is the DC
 * coefficient of the block before of this component. The next 8 bytes behind the words may be touched.
 */
export function codeBlock(nonZero: u64, dcBefore: i32, tables: usize): void {
  putDc(<i32>load<i16>(COEFFICIENTS) - dcBefore, tables);
  // A run of r zeros is a distance of r + 1.
  const common = tables + DC_WORDS - COMMON_RUN_WORDS;
  let mask = nonZero & ~1;
  let before: u32 = 0;
  while (true) {
    let words = to;
    let pending = bits;
    let count = bitCount;
    let rare: u32 = 0;
    while (mask != 0) {
      const at = <u32>ctz(mask);
      const index = ((at - before) << 8) + <u32>load<u8>(ORDERED + <usize>at);
      before = at;
      mask &= mask - 1;
      if (index & RARE) {
        rare = index;
        break;
      }
      const entry = <u64>load<u32>(common + (<usize>index << 2));
      pending = (pending << entry) | (entry >> 6);
      count += entry;
      store<u32>(words, <u32>(pending >> (count - 32)));
      words += <usize>((count >> 3) & 4);
      count &= 31;
    }
    to = words;
    bits = pending;
    bitCount = count;
    if (rare == 0) break;
    putRare(<i32>(rare >> 8) - 1, before, tables + DC_WORDS + COMMON_WORDS);
  }
  if (before < 63) put(load<u32>(tables + DC_WORDS + COMMON_WORDS, END_OF_BLOCK << 2));
}

/** A large coefficient, or one behind a long run. */
function putRare(zeros: i32, at: u32, symbols: usize): void {
  let run = zeros;
  for (; run > 15; run -= 16) put(load<u32>(symbols, RUN_OF_16 << 2));
  const value = <i32>load<i16>(COEFFICIENTS + (<usize>load<u8>(NATURAL + <usize>at) << 1));
  const size = 32 - <i32>clz(abs(value));
  put(load<u32>(symbols + <usize>(((run << 4) | size) << 2)));
  put((getValueBits(value, size) << 6) | <u32>size);
}

/** A block that only fills up an MCU: no change of DC, and nothing else. */
export function codeEmptyBlock(tables: usize): void {
  putDc(0, tables);
  put(load<u32>(tables + DC_WORDS + COMMON_WORDS, END_OF_BLOCK << 2));
}

// @ts-ignore: decorator
@inline
function putDc(difference: i32, tables: usize): void {
  const size = 32 - <i32>clz(abs(difference));
  const word = load<u32>(tables + (<usize>size << 2));
  put((((word >> 6) << size) << 6) | (getValueBits(difference, size) << 6) | ((word & 63) + <u32>size));
}

/** The value itself, or for a negative one the value less one: its lowest `size` bits. */
// @ts-ignore: decorator
@inline
function getValueBits(value: i32, size: i32): u32 {
  return <u32>(value + (value >> 31)) & ((1 << size) - 1);
}

/**
 * Appends an entry: the number of its bits (at most 26) in the lowest 6, themselves above. Shifts take their count modulo 64,
 * so what stands above it does no harm there, nor in the count of waiting bits, which is cut to 5.
 */
// @ts-ignore: decorator
@inline
function put(word: u32): void {
  const entry = <u64>word;
  bits = (bits << entry) | (entry >> 6);
  const count = bitCount + entry;
  store<u32>(to, <u32>(bits >> (count - 32)));
  to += <usize>((count >> 3) & 4);
  bitCount = count & 31;
}

/** Words to bytes of the file, highest first, with a zero behind each FF. @returns the address behind the last byte */
export function copyStuffed(from: usize, end: usize, out: usize): usize {
  let target = out;
  let at = from;
  for (; at + 16 <= end; at += 16) {
    const bytes = i8x16.swizzle(v128.load(at), i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
    v128.store(target, bytes);
    if (v128.any_true(i8x16.eq(bytes, i8x16.splat(-1)))) {
      for (let word = at; word < at + 16; word += 4) target = copyWord(load<u32>(word), 4, target);
    } else target += 16;
  }
  for (; at < end; at += 4) target = copyWord(load<u32>(at), 4, target);
  return target;
}

// @ts-ignore: decorator
@inline
function copyWord(word: u32, count: i32, out: usize): usize {
  let target = out;
  for (let left = word; count > 0; left <<= 8, count--) {
    const byte = left >> 24;
    store<u16>(target, byte);
    target += byte == 0xff ? 2 : 1;
  }
  return target;
}

/** Writes the bits that wait, filled up with ones. @returns the address behind the last byte */
export function finishBits(out: usize): usize {
  const filled = <u32>((bits << (32 - bitCount)) | ((<u64>1 << (32 - bitCount)) - 1));
  return copyWord(filled, <i32>((bitCount + 7) >> 3), out);
}
