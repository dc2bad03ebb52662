import { BAD_TABLE, OK } from './jpeg-decode-job';

// A table is, from its address on:
//   +0    17 words: for code lengths 0 to 16, first left-aligned 16-bit code that is longer
//   +68   17 words: index of the first symbol of that length less its first code
//   +136  256 bytes: symbols by rising code
//   +448  DC: 2^DC_BITS words; AC: 2^AC_BITS double words, found by the next bits of the stream
// DC entry, by bytes: bits of the code (0: longer than the index, or not a code), bits of the value.
// AC entry, by bytes: bits of all its symbols, bits of the first, steps to the first index, steps to the second, first value
// (i16), second value (i16). An entry with one symbol stores it twice. Where a value does not lie in the index whole, the
// first byte is 0 and the fourth has the bits of the value; an entry of 0 is a longer code, or none.

export const DC_BITS: i32 = 9;
export const AC_BITS: i32 = 10;
const OFFSETS: usize = 68;
const SYMBOLS: usize = 136;
export const LOOKUP: usize = 448;
/** Steps that leave the block at once. */
export const END_OF_BLOCK: i32 = 128;

export const DC_MAX_SIZE: u32 = 11;
const AC_MAX_SIZE: i32 = 10;

/** Single AC symbols, before they are paired: bits, code bits, steps, size or 0; value in the upper half. */
const single: usize = memory.data(8 << AC_BITS, 16);

/** Bytes of a DC (0) or AC (1) table. */
export function jpegTableBytes(ac: i32): i32 {
  return <i32>LOOKUP + (ac ? 8 << AC_BITS : 4 << DC_BITS);
}

/**
 * Builds one table. `spec` holds 16 counts and then the symbols, as in a DHT segment; the host has checked that there are at
 * most 256. Returns BAD_TABLE where the counts make no prefix code.
 */
export function buildJpegTable(spec: usize, ac: i32, table: usize): i32 {
  const fault = buildLongCodes(spec, table);
  if (fault != OK) return fault;
  if (ac) {
    fillSingles(spec, table);
    pairSingles(table + LOOKUP);
  } else {
    fillDc(spec, table);
  }
  return OK;
}

/** Canonical codes (T.81 annex C). As libjpeg, refuses a code of ones only, which would be taken for fill bits. */
function buildLongCodes(spec: usize, table: usize): i32 {
  let code: i32 = 0;
  let symbol: i32 = 0;
  store<u32>(table, 0);
  for (let length = 1; length <= 16; length++) {
    const count = <i32>load<u8>(spec + length - 1);
    store<i32>(table + OFFSETS + 4 * length, symbol - code);
    code += count;
    symbol += count;
    if (count > 0 && code >= 1 << length) return BAD_TABLE;
    store<u32>(table + 4 * length, <u32>code << (16 - length));
    code <<= 1;
  }
  if (symbol > 256) return BAD_TABLE;
  memory.fill(table + SYMBOLS, 0, 256);
  memory.copy(table + SYMBOLS, spec + 16, symbol);
  return OK;
}

/** Length in the lower byte and symbol above it of the code that `next` (16 bits) begins with; 0 where there is none. */
export function findLongCode(table: usize, next: u32): u32 {
  for (let length: u32 = 1; length <= 16; length++) {
    if (next < load<u32>(table + 4 * length)) {
      const index = load<i32>(table + OFFSETS + 4 * length) + <i32>(next >> (16 - length));
      return length | (<u32>load<u8>(table + SYMBOLS + (index & 255)) << 8);
    }
  }
  return 0;
}

/** The entry of an AC code of any length, its value not in it; 0 where there is none. */
export function findLongAc(table: usize, next: u32): u64 {
  const found = findLongCode(table, next);
  const symbol = <i32>(found >> 8);
  if (found == 0 || !isAcSymbol(symbol)) return 0;
  return ((found & 255) << 8) | (stepsOf(symbol) << 16) | ((symbol & 15) << 24);
}

/** The number that `size` bits stand for (T.81 F.12): a leading 0 means negative. */
@inline
function extend(bits: i32, size: i32): i32 {
  return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}

function fillDc(spec: usize, table: usize): void {
  for (let i: i32 = 0; i < 1 << DC_BITS; i++) {
    const found = findLongCode(table, <u32>i << (16 - DC_BITS));
    const known = (found & 255) <= <u32>DC_BITS && found >> 8 <= DC_MAX_SIZE;
    store<u32>(table + LOOKUP + 4 * i, known ? found : 0);
  }
}

/** Whether baseline knows this AC symbol: end of block, 16 zeros, or a run with a value of 1 to 10 bits. */
@inline
function isAcSymbol(symbol: i32): bool {
  const size = symbol & 15;
  return size == 0 ? symbol == 0 || symbol == 0xf0 : size <= AC_MAX_SIZE;
}

@inline
function stepsOf(symbol: i32): i32 {
  return symbol == 0 ? END_OF_BLOCK : (symbol >> 4) + 1;
}

function fillSingles(spec: usize, table: usize): void {
  for (let i: i32 = 0; i < 1 << AC_BITS; ) {
    const found = findLongCode(table, <u32>i << (16 - AC_BITS));
    const length = <i32>(found & 255);
    const symbol = <i32>(found >> 8);
    const size = symbol & 15;
    // All indices that share the code and its value bits have one entry.
    const covered = length == 0 || length + size > AC_BITS ? AC_BITS : length + size;
    const end = i + (1 << (AC_BITS - min(covered, AC_BITS)));
    let entry: u64 = 0;
    if (length != 0 && length <= AC_BITS && isAcSymbol(symbol)) {
      if (length + size > AC_BITS) entry = (length << 8) | (stepsOf(symbol) << 16) | (size << 24);
      else {
        const bits = (i >> (AC_BITS - length - size)) & ((1 << size) - 1);
        const value = <u64>(<u32>(size ? extend(bits, size) : 0) & 0xffff);
        const total = length + size;
        entry = total | (total << 8) | (stepsOf(symbol) << 16) | (value << 32) | (value << 48);
      }
    }
    for (; i < end; i++) store<u64>(single + 8 * i, entry);
  }
}

/** Joins every symbol with the one behind it where both lie in the index. */
function pairSingles(lookup: usize): void {
  const mask = (1 << AC_BITS) - 1;
  for (let i: i32 = 0; i <= mask; i++) {
    let entry = load<u64>(single + 8 * i);
    const bits = <i32>(entry & 255);
    const steps = <i32>(entry >> 16) & 255;
    if (bits != 0 && steps != END_OF_BLOCK) {
      const next = load<u64>(single + 8 * ((i << bits) & mask));
      const more = <i32>(next & 255);
      if (more != 0 && bits + more <= AC_BITS) {
        entry = (entry & 0x0000ffff00ffff00) | <u64>(bits + more);
        entry |= ((next >> 16) & 255) << 24;
        entry |= (next >> 48) << 48;
      }
    }
    store<u64>(lookup + 8 * i, entry);
  }
}
