import { AC_TABLES, DC_TABLES, type HuffmanTable, QUANTISATION } from './standard-tables.ts';

/**
 * What the scan is coded with. Huffman words are entries of 32 bits: the number of bits in the lowest 6, the bits above.
 * Index 0 is luma, 1 is chroma.
 */
export interface CodingTables {
  /** Quantisation steps, row by row. */
  readonly steps: readonly [Uint8Array, Uint8Array];
  /** By size. */
  readonly dc: readonly [Uint32Array, Uint32Array];
  /** By run x 16 + size. */
  readonly ac: readonly [Uint32Array, Uint32Array];
}

/** Quantisation of one half (luma or chroma) of the tables in a kernel's memory; 32-bit entries follow. */
const RECIPROCAL_BYTES = 4 * 64;
/** DC: differences of -2047 to 2047, at difference + 2048. */
const DC_MIDDLE = 2048;
const DC_ENTRIES = 2 * DC_MIDDLE;
/** AC: values of -127 to 126 behind runs of 0 to 15, at 256 x (run + 1) + value as a byte. Place 0 is nothing, of no bits. */
const AC_RUNS = 16;
const AC_ENTRIES = 256 * 64;
/** Stands where a coefficient has no entry of its own. */
const RARE = 0x40000000;
/** AC by run x 16 + size. */
const SYMBOLS = 256;
/** Values of -1023 to 1023 without a word, at value + 1024: AC of 8-bit samples is never larger. */
const VALUE_MIDDLE = 1024;
const VALUES = 2 * VALUE_MIDDLE;
const HALF_BYTES = RECIPROCAL_BYTES + 4 * (DC_ENTRIES + AC_ENTRIES + SYMBOLS + VALUES);
export const KERNEL_TABLE_BYTES = 2 * HALF_BYTES;

export function createCodingTables(quality: number): CodingTables {
  return {
    steps: [scaleSteps(QUANTISATION[0], quality), scaleSteps(QUANTISATION[1], quality)],
    dc: [createWords(DC_TABLES[0], 12), createWords(DC_TABLES[1], 12)],
    ac: [createWords(AC_TABLES[0], 256), createWords(AC_TABLES[1], 256)],
  };
}

/** The scale of libjpeg: 50 leaves the tables as they are, 100 makes every step 1, 1 is 50 times coarser. */
function scaleSteps(steps: readonly number[], quality: number): Uint8Array {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return Uint8Array.from(steps, (step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
}

/** Canonical words (T.81 annex C). */
function createWords({ counts, symbols }: HuffmanTable, size: number): Uint32Array {
  const words = new Uint32Array(size);
  let word = 0;
  let next = 0;
  for (const [index, count] of counts.entries()) {
    for (let i = 0; i < count; i++) words[symbols[next++]!] = (word++ << 6) | (index + 1);
    word <<= 1;
  }
  return words;
}

/** Lays the tables out as assembly/jpeg-encode.ts reads them. `at` is a multiple of 4. */
export function writeKernelTables({ steps, dc, ac }: CodingTables, buffer: ArrayBuffer, at: number): void {
  const values = createValues();
  for (const kind of [0, 1] as const) {
    const start = at + kind * HALF_BYTES;
    const reciprocals = new Float32Array(buffer, start, 64);
    // The DCT leaves 3 more bits; a millionth more takes halves away from zero and nothing else across a half.
    for (let i = 0; i < 64; i++) reciprocals[i] = (1 + 2 ** -20) / (8 * steps[kind][i]!);
    let next = start + RECIPROCAL_BYTES;
    const take = (entries: number) => {
      next += 4 * entries;
      return new Uint32Array(buffer, next - 4 * entries, entries);
    };
    const [dcWords, acWords] = [dc[kind].map(mirror), ac[kind].map(mirror)];
    fillDc(take(DC_ENTRIES), dcWords, values);
    fillAc(take(AC_ENTRIES), acWords, values);
    take(SYMBOLS).set(acWords);
    take(VALUES).set(values.subarray(DC_MIDDLE - VALUE_MIDDLE, DC_MIDDLE + VALUE_MIDDLE));
  }
}

/**
 * The bits of every value of a DC difference, at value + 2048: the value, or for a negative one the value less one. All entries
 * are mirrored, as the kernel collects bits lowest first.
 */
function createValues(): Uint32Array {
  const values = new Uint32Array(DC_ENTRIES);
  for (let value = 1; value < DC_MIDDLE; value++) {
    const size = 32 - Math.clz32(value);
    const bits = ((value & 1) << (size - 1)) | (values[DC_MIDDLE + (value >> 1)]! >>> 6);
    values[DC_MIDDLE + value] = (bits << 6) | size;
    values[DC_MIDDLE - value] = ((bits ^ ((1 << size) - 1)) << 6) | size;
  }
  return values;
}

function fillDc(entries: Uint32Array, words: Uint32Array, values: Uint32Array): void {
  for (let i = 1; i < DC_ENTRIES; i++) entries[i] = append(words[values[i]! & 63]!, values[i]!);
}

function fillAc(entries: Uint32Array, words: Uint32Array, values: Uint32Array): void {
  entries.fill(RARE);
  entries[0] = 0;
  for (let run = 0; run < AC_RUNS; run++) {
    const row = entries.subarray(256 * (run + 1), 256 * (run + 2));
    for (let value = -127; value < 127; value++) {
      const bits = values[DC_MIDDLE + value]!;
      if (value !== 0) row[value & 255] = append(words[16 * run + (bits & 63)]!, bits);
    }
  }
}

/** A word with the bits of a value behind it. */
function append(word: number, value: number): number {
  const length = word & 63;
  return ((((value >>> 6) << length) | (word >>> 6)) << 6) | (length + (value & 63));
}

/** The same number of bits in reverse. */
function mirror(word: number): number {
  const count = word & 63;
  let mirrored = 0;
  for (let bit = 0; bit < count; bit++) mirrored |= ((word >>> (6 + bit)) & 1) << (count - 1 - bit);
  return (mirrored << 6) | count;
}
