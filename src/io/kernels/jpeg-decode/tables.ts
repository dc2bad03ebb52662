import { CodecError } from '../../../utils/errors.ts';

/** Tables by their number (0 to 3), as DQT and DHT segments define them. */
export interface JpegTables {
  /** 64 steps each, in natural (row by row) order. */
  readonly quantisation: readonly (Uint16Array | undefined)[];
  /** 16 counts of codes by length, then the symbols by rising code. */
  readonly dc: readonly (Uint8Array | undefined)[];
  readonly ac: readonly (Uint8Array | undefined)[];
}

export const NO_TABLES: JpegTables = { quantisation: [], dc: [], ac: [] };

/** Natural index of each zig-zag index. */
export const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21],
  ...[
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
  ],
  ...[47, 55, 62, 63],
);

/** `tables` with those of a DQT segment (without marker and length). @throws CodecError */
export function readQuantisation(segment: Uint8Array, tables: JpegTables): JpegTables {
  const quantisation = [...tables.quantisation];
  for (let at = 0; at < segment.length; ) {
    const wide = segment[at]! >> 4;
    const number = segment[at]! & 15;
    const end = at + 1 + (wide + 1) * 64;
    if (wide > 1 || number > 3 || end > segment.length) throw new CodecError('jpeg', 'a damaged quantisation table');
    const steps = new Uint16Array(64);
    for (let i = 0, from = at + 1; i < 64; i++) {
      const step = wide ? segment[from++]! << 8 : 0;
      steps[ZIGZAG[i]!] = step | segment[from++]!;
    }
    quantisation[number] = steps;
    at = end;
  }
  return { ...tables, quantisation };
}

/** `tables` with those of a DHT segment (without marker and length). @throws CodecError */
export function readHuffman(segment: Uint8Array, tables: JpegTables): JpegTables {
  const dc = [...tables.dc];
  const ac = [...tables.ac];
  for (let at = 0; at < segment.length; ) {
    const kind = segment[at]! >> 4;
    const number = segment[at]! & 15;
    const symbols = at + 17 <= segment.length ? countSymbols(segment.subarray(at + 1, at + 17)) : -1;
    const end = at + 17 + symbols;
    if (kind > 1 || number > 3 || symbols < 0 || end > segment.length) {
      throw new CodecError('jpeg', 'a damaged Huffman table');
    }
    (kind === 0 ? dc : ac)[number] = Uint8Array.from(segment.subarray(at + 1, end));
    at = end;
  }
  return { ...tables, dc, ac };
}

/** Symbols of a table; -1 where the counts make no prefix code. As in libjpeg, no code may be of ones only. */
function countSymbols(counts: Uint8Array): number {
  let symbols = 0;
  let code = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    symbols += count;
    code += count;
    if (count > 0 && code >= 1 << length) return -1;
    code <<= 1;
  }
  return symbols > 256 ? -1 : symbols;
}
