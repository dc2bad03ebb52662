import { computeCodeLengths } from './code-lengths.ts';

/**
 * The head of one dynamic block (RFC 1951 section 3.2.7) for literals and matches of distance 1, and the table from which
 * a kernel writes what follows.
 */

/** Length symbols 257 to 285: the shortest match of each and its extra bits. */
const MATCH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const MATCH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

export const LITERALS = 256;
const END_OF_BLOCK = 256;
const SYMBOLS = 286;
const LONGEST_MATCH = 258;
/** Two distances of one bit each: a code of one distance alone is allowed too, but not every reader takes it. */
const DISTANCES = 2;
/** Four words and 7 bits that wait fit in 64 bits; the format allows 15. */
const MAX_BITS = 14;

/** Counts as the kernels make them: four histograms of literals, then how often each match length occurs. */
export const COUNT_WORDS = 4 * LITERALS + LONGEST_MATCH + 1;
/** Entries of the table: literals, end of block, match lengths 0 to 258. Each is two words: number of bits, bits on top. */
export const CODE_ENTRIES = LITERALS + 1 + LONGEST_MATCH + 1;
/** 17 bits, 19 lengths of 3 bits, and at most 288 symbols of at most 7 bits and 7 of a repeat. */
export const MAX_HEAD_BYTES = 520;

const symbolOfMatch = Uint8Array.from({ length: LONGEST_MATCH + 1 }, (_, length) =>
  Math.max(
    0,
    MATCH_BASE.findLastIndex((base) => base <= length),
  ),
);

const counts = new Uint32Array(SYMBOLS);
const lengths = new Uint8Array(SYMBOLS + DISTANCES);
const words = new Uint16Array(SYMBOLS);
const repeatCounts = new Uint32Array(19);
const repeatLengths = new Uint8Array(19);
const repeatWords = new Uint16Array(19);
/** Symbols of the code of lengths; the value of a repeat stands above bit 8. */
const repeats = new Uint16Array(SYMBOLS + DISTANCES);

/** A place between two bits of a stream: `bits` holds the `bitCount` (0 to 7) that wait before the byte at `at`. */
export interface BitPlace {
  readonly bytes: Uint8Array;
  at: number;
  bits: number;
  bitCount: number;
}

/**
 * Makes the code, writes the head of a last block at `place` and fills `codes`. `sampled` counts may miss what occurs:
 * then every symbol gets a word.
 */
export function writeBlockHead(
  place: BitPlace,
  tallies: Uint32Array,
  { sampled, codes }: { sampled: boolean; codes: Uint32Array },
): void {
  gatherCounts(tallies, sampled ? 1 : 0);
  const own = lengths.subarray(0, SYMBOLS);
  computeCodeLengths(counts, own, MAX_BITS);
  assignWords(own, words);
  let used = SYMBOLS;
  while (used > END_OF_BLOCK + 1 && lengths[used - 1] === 0) used--;
  lengths.fill(1, used, used + DISTANCES);
  writeLengths(place, used);
  lengths.fill(0, used, SYMBOLS);
  fillCodes(codes);
}

function gatherCounts(tallies: Uint32Array, floor: number): void {
  counts.fill(floor);
  for (let i = 0; i < LITERALS; i++)
    counts[i]! += tallies[i]! + tallies[LITERALS + i]! + tallies[2 * LITERALS + i]! + tallies[3 * LITERALS + i]!;
  counts[END_OF_BLOCK] = 1;
  for (let length = 3; length <= LONGEST_MATCH; length++)
    counts[END_OF_BLOCK + 1 + symbolOfMatch[length]!]! += tallies[4 * LITERALS + length]!;
}

/** Canonical words, lowest bit first as deflate sends them. */
function assignWords(lengths: Uint8Array, words: Uint16Array): void {
  const perLength = new Uint16Array(17);
  for (const length of lengths) if (length > 0) perLength[length + 1]!++;
  for (let bits = 1; bits < 17; bits++) perLength[bits] = (perLength[bits - 1]! + perLength[bits]!) << 1;
  for (let i = 0; i < lengths.length; i++) {
    let word = perLength[lengths[i]!]!++;
    let reversed = 0;
    for (let bit = lengths[i]!; bit > 0; bit--, word >>= 1) reversed = (reversed << 1) | (word & 1);
    words[i] = reversed;
  }
}

function writeLengths(place: BitPlace, used: number): void {
  const count = packLengths(used + DISTANCES);
  repeatCounts.fill(0);
  for (let i = 0; i < count; i++) repeatCounts[repeats[i]! & 255]!++;
  computeCodeLengths(repeatCounts, repeatLengths, 7);
  assignWords(repeatLengths, repeatWords);
  let sent = CODE_LENGTH_ORDER.length;
  while (sent > 4 && repeatLengths[CODE_LENGTH_ORDER[sent - 1]!] === 0) sent--;
  // Last block, dynamic; then how many lengths of each kind.
  putBits(place, 0b101, 3);
  putBits(place, used - 257, 5);
  putBits(place, DISTANCES - 1, 5);
  putBits(place, sent - 4, 4);
  for (let i = 0; i < sent; i++) putBits(place, repeatLengths[CODE_LENGTH_ORDER[i]!]!, 3);
  for (let i = 0; i < count; i++) {
    const symbol = repeats[i]! & 255;
    putBits(place, repeatWords[symbol]!, repeatLengths[symbol]!);
    if (symbol > 15) putBits(place, repeats[i]! >> 8, symbol === 16 ? 2 : symbol === 17 ? 3 : 7);
  }
}

/** Writes the first `count` lengths into `repeats` with runs shortened. @returns how many symbols they are */
function packLengths(count: number): number {
  let out = 0;
  for (let i = 0; i < count; ) {
    const length = lengths[i]!;
    let run = 1;
    while (i + run < count && lengths[i + run] === length) run++;
    i += run;
    if (length > 0) {
      repeats[out++] = length;
      run--;
    }
    const [symbol, least, most] = length > 0 ? [16, 3, 6] : run > 10 ? [18, 11, 138] : [17, 3, 10];
    for (; run >= least; run -= Math.min(run, most)) repeats[out++] = ((Math.min(run, most) - least) << 8) | symbol;
    for (; run > 0; run--) repeats[out++] = length;
  }
  return out;
}

function putBits(place: BitPlace, value: number, count: number): void {
  place.bits |= value << place.bitCount;
  place.bitCount += count;
  for (; place.bitCount >= 8; place.bitCount -= 8, place.bits >>>= 8) place.bytes[place.at++] = place.bits;
}

function fillCodes(codes: Uint32Array): void {
  for (let i = 0; i <= END_OF_BLOCK; i++) setEntry(codes, i, { bits: words[i]!, count: lengths[i]! });
  for (let length = 3; length <= LONGEST_MATCH; length++) {
    const code = symbolOfMatch[length]!;
    const symbol = END_OF_BLOCK + 1 + code;
    const bits = words[symbol]! | ((length - MATCH_BASE[code]!) << lengths[symbol]!);
    // Distance 1 is the word 0 of one bit.
    const count = lengths[symbol]! === 0 ? 0 : lengths[symbol]! + MATCH_EXTRA[code]! + 1;
    setEntry(codes, END_OF_BLOCK + 1 + length, { bits, count });
  }
}

function setEntry(codes: Uint32Array, entry: number, { bits, count }: { bits: number; count: number }): void {
  codes[2 * entry] = count;
  codes[2 * entry + 1] = count === 0 ? 0 : bits << (32 - count);
}
