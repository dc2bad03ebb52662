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

/** Bytes of one half of the tables in a kernel's memory: reciprocals, DC, AC of common values, AC by symbol. */
const RECIPROCAL_BYTES = 4 * 64;
const DC_BYTES = 64;
/** Values -64 to 63 behind runs of 0 to 14: their word and their own bits are one entry, at 256 x run + value + 64. */
const COMMON = 64;
const COMMON_RUNS = 15;
const COMMON_BYTES = 4 * COMMON_RUNS * 256;
const HALF_BYTES = RECIPROCAL_BYTES + DC_BYTES + COMMON_BYTES + 4 * 256;
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
  for (const kind of [0, 1] as const) {
    const start = at + kind * HALF_BYTES;
    const reciprocals = new Float32Array(buffer, start, 64);
    // The DCT leaves 3 more bits; a millionth more takes halves away from zero and nothing else across a half.
    for (let i = 0; i < 64; i++) reciprocals[i] = (1 + 2 ** -20) / (8 * steps[kind][i]!);
    new Uint32Array(buffer, start + RECIPROCAL_BYTES, 12).set(dc[kind]);
    const common = new Uint32Array(buffer, start + RECIPROCAL_BYTES + DC_BYTES, COMMON_BYTES / 4);
    fillCommon(common, ac[kind]);
    new Uint32Array(buffer, start + HALF_BYTES - 4 * 256, 256).set(ac[kind]);
  }
}

function fillCommon(common: Uint32Array, ac: Uint32Array): void {
  for (let run = 0; run < COMMON_RUNS; run++) {
    for (let value = -COMMON; value < COMMON; value++) {
      if (value === 0) continue;
      const size = 32 - Math.clz32(Math.abs(value));
      const word = ac[16 * run + size]!;
      const bits = (value < 0 ? value - 1 : value) & ((1 << size) - 1);
      common[256 * run + value + COMMON] = ((((word >>> 6) << size) | bits) << 6) | ((word & 63) + size);
    }
  }
}
