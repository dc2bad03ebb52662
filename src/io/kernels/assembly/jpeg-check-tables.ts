// Tables for jpeg-check.ts. Only lengths and runs matter, so one look at the next INDEX_BITS bits takes as many symbols as lie
// in them: value bits are stepped over, even those behind the index. Each pair of a DC and an AC table has two lookups of
// 16-bit entries, one for the beginning of a block and one for the rest of it. Entry: bits taken (low byte), steps that the
// last coefficient's index moves (high byte; END_OF_BLOCK added where the block ends). What doesn't fit is an entry of SLOW.

export const INDEX_BITS: i32 = 12;
/** Three entries fit into the 56 bits that are surely loaded. */
const MOST_BITS: i32 = 18;
export const END_OF_BLOCK: i32 = 128;
const SLOW: i32 = 255 << 8;

const SIZE: usize = 2 << INDEX_BITS;
/** Of a pair: lookup of block beginnings, lookup of the rest, then both canonical tables. */
export const REST: usize = SIZE;
export const CODES: usize = 2 * SIZE;
// Of a canonical table: for code lengths 0 to 16 the first left-aligned 16-bit code that is longer, the index of the
// first symbol of that length less its first code, then the symbols.
const OFFSETS: usize = 68;
const SYMBOLS: usize = 136;
export const CODES_BYTES: usize = 400;

export const DC_MAX_SIZE: i32 = 11;
const AC_MAX_SIZE: i32 = 10;

/** Bytes of a pair of tables. */
export function scanPairBytes(): i32 {
  return <i32>(CODES + 2 * CODES_BYTES);
}

/**
 * Builds a pair. A table is 16 counts and the symbols, which the host has checked to be a prefix code of at most 256;
 * `scratch` has the bytes of a pair free.
 */
export function buildScanPair(dc: usize, ac: usize, pair: usize, scratch: usize): void {
  buildCodes(dc, pair + CODES);
  buildCodes(ac, pair + CODES + CODES_BYTES);
  fillRest(pair, scratch);
  fillBeginnings(pair, scratch);
}

function buildCodes(spec: usize, codes: usize): void {
  let code: i32 = 0;
  let symbol: i32 = 0;
  store<u32>(codes, 0);
  for (let length = 1; length <= 16; length++) {
    const count = <i32>load<u8>(spec + length - 1);
    store<i32>(codes + OFFSETS + 4 * length, symbol - code);
    code += count;
    symbol += count;
    store<u32>(codes + 4 * length, <u32>code << (16 - length));
    code <<= 1;
  }
  memory.fill(codes + SYMBOLS, 0, 256);
  memory.copy(codes + SYMBOLS, spec + 16, min(symbol, 256));
}

/** Length in the lower byte and symbol above it of the code that `next` (16 bits) begins with; 0 where there is none. */
export function findCode(codes: usize, next: u32): i32 {
  for (let length: u32 = 1; length <= 16; length++) {
    if (next < load<u32>(codes + 4 * length)) {
      const index = load<i32>(codes + OFFSETS + 4 * length) + <i32>(next >> (16 - length));
      return <i32>(length | (<u32>load<u8>(codes + SYMBOLS + (index & 255)) << 8));
    }
  }
  return 0;
}

/** Whether a sequential scan of 8-bit samples has this AC symbol: end of block, 16 zeros, a run with 1 to 10 bits. */
@inline
export function isAcSymbol(symbol: i32): bool {
  const size = symbol & 15;
  return size == 0 ? symbol == 0 || symbol == 0xf0 : size <= AC_MAX_SIZE;
}

/** `single`: AC symbols by the next bits: bits in all, steps (second byte), bits of the code (third); 0 for others. */
function fillRest(pair: usize, single: usize): void {
  const codes = pair + CODES + CODES_BYTES;
  for (let i: i32 = 0; i < 1 << INDEX_BITS; i++) {
    const found = findCode(codes, <u32>i << (16 - INDEX_BITS));
    const length = found & 255;
    const symbol = found >> 8;
    const steps = symbol == 0 ? END_OF_BLOCK : (symbol >> 4) + 1;
    const known = length > 0 && length <= INDEX_BITS && isAcSymbol(symbol);
    store<u32>(single + 4 * i, known ? (length << 16) | (steps << 8) | (length + (symbol & 15)) : 0);
  }
  for (let i: i32 = 0; i < 1 << INDEX_BITS; i++) {
    const entry = join(single, i, 0);
    store<u16>(pair + REST + 2 * i, <u16>(entry == 0 ? SLOW : entry));
  }
}

function fillBeginnings(pair: usize, single: usize): void {
  for (let i: i32 = 0; i < 1 << INDEX_BITS; i++) {
    const found = findCode(pair + CODES, <u32>i << (16 - INDEX_BITS));
    const length = found & 255;
    const size = found >> 8;
    const known = length > 0 && length <= INDEX_BITS && size <= DC_MAX_SIZE && length + size <= MOST_BITS;
    store<u16>(pair + 2 * i, <u16>(known ? join(single, i, length + size) : SLOW));
  }
}

/** The entry of index `i` whose first `bits` bits are spoken for: AC symbols as long as their codes lie in it. */
function join(single: usize, i: i32, bits: i32): i32 {
  let steps = 0;
  while (bits < INDEX_BITS) {
    const next = <i32>load<u32>(single + 4 * ((i << bits) & ((1 << INDEX_BITS) - 1)));
    const moved = (next >> 8) & 255;
    const fits = next != 0 && bits + (next >> 16) <= INDEX_BITS && bits + (next & 255) <= MOST_BITS;
    if (!fits || steps + (moved & (END_OF_BLOCK - 1)) > 62) break;
    bits += next & 255;
    steps += moved;
    if (moved == END_OF_BLOCK) break;
  }
  return (steps << 8) | bits;
}
