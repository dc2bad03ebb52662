import { BAD_TABLE, OK } from './jpeg-decode-job';

// A table is, from its address on:
//   +0    17 words: for code lengths 0 to 16, first left-aligned 16-bit code that is longer
//   +68   17 words: index of the first symbol of that length less its first code
//   +136  256 bytes: symbols by rising code
//   +448  DC: 2^DC_BITS words; AC: 2^AC_BITS words, found by the next bits of the stream
// DC entry, by bytes: bits of the code (0: longer than the index, or not a code), bits of the value.
// AC entry, one or two symbols that lie in the index whole, from its lowest bit: 6 for the bits of all its symbols, 5 for the
// steps to the first index, 7 for the steps to the second, 7 for the second value, 7 for the first. The end of the block
// counts 64 steps, the last index being where it was before; as first symbol it takes them as 1 and 63 and has value 0.
// An entry with one symbol takes no second steps and stores its value twice.
// AC entry whose value does not lie in the index whole, or has more than 7 bits, by bytes: 0, bits of the code, steps (128
// for the end of the block), bits of the value. An entry of 0 is a longer code, or none.

export const DC_BITS: i32 = 9;
export const AC_BITS: u32 = 11;
const OFFSETS: usize = 68;
const SYMBOLS: usize = 136;
export const LOOKUP: usize = 448;
/** Steps that leave the block at once, where codes are looked up one by one. */
export const END_OF_BLOCK: i32 = 128;
/** The second steps of an entry that begins with the end of the block; one more where it ends with it. */
export const END_STEPS: u32 = 63;

export const DC_MAX_SIZE: u32 = 11;
const AC_MAX_SIZE: i32 = 10;
/** Bits of a value in an AC entry, its sign among them. */
const VALUE_BITS: u32 = 7;
/** Steps and value of the first symbol in an AC entry. */
const FIRST_SYMBOL: u32 = 0xfe0007c0;

/** Entries of single AC symbols, before they are paired. */
const single: usize = memory.data(4 << AC_BITS, 16);

/** Bytes of a DC (0) or AC (1) table. */
export function jpegTableBytes(ac: i32): i32 {
  return <i32>LOOKUP + (4 << (ac ? <i32>AC_BITS : DC_BITS));
}

/**
 * Builds one table. `spec` holds 16 counts and then the symbols, as in a DHT segment; the host has checked that there are at
 * most 256. Returns BAD_TABLE where the counts make no prefix code.
 */
export function buildJpegTable(spec: usize, ac: i32, table: usize): i32 {
  const fault = buildLongCodes(spec, table);
  if (fault != OK) return fault;
  if (ac) {
    fillSingles(table);
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
export function findLongAc(table: usize, next: u32): u32 {
  const found = findLongCode(table, next);
  const symbol = <i32>(found >> 8);
  if (found == 0 || !isAcSymbol(symbol)) return 0;
  return ((found & 255) << 8) | (stepsOf(symbol) << 16) | ((symbol & 15) << 24);
}

/** The number that `size` bits stand for (T.81 F.12): a leading 0 means negative. */
@inline
function extend(bits: i32, size: u32): i32 {
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

function fillSingles(table: usize): void {
  for (let i: u32 = 0; i < 1 << AC_BITS; ) {
    const next = i << (16 - AC_BITS);
    const found = findLongAc(table, next);
    const length = found >> 8 & 255;
    const size = found >> 24;
    const whole = length + size;
    // All indices that share the code and its value bits have one entry.
    const end = i + (1 << (AC_BITS - (length == 0 ? AC_BITS : min(whole, AC_BITS))));
    let entry = length <= AC_BITS ? found : 0;
    if (entry != 0 && whole <= AC_BITS && size <= VALUE_BITS - 1) {
      if ((found >> 16 & 255) == END_OF_BLOCK) entry = whole | (1 << 6) | (END_STEPS << 11);
      else {
        const bits = <i32>(i >> (AC_BITS - whole)) & ((1 << size) - 1);
        const value = <u32>(size ? extend(bits, size) : 0) & 127;
        entry = whole | ((found >> 16 & 31) << 6) | (value << 18) | (value << 25);
      }
    }
    for (; i < end; i++) store<u32>(single + 4 * i, entry);
  }
}

/** Joins every symbol with the one behind it where both lie in the index. */
function pairSingles(lookup: usize): void {
  const mask: u32 = (1 << AC_BITS) - 1;
  for (let i: u32 = 0; i <= mask; i++) {
    let entry = load<u32>(single + 4 * i);
    const bits = entry & 63;
    if (bits != 0 && (entry >> 11 & 127) == 0) {
      const next = load<u32>(single + 4 * ((i << bits) & mask));
      const more = next & 63;
      if (more != 0 && bits + more <= AC_BITS) {
        const steps = (next >> 6 & 31) + (next >> 11 & 127);
        entry = (bits + more) | (entry & FIRST_SYMBOL) | (steps << 11) | ((next >> 25) << 18);
      }
    }
    store<u32>(lookup + 4 * i, entry);
  }
}
