/**
 * Walks the entropy-coded data of one sequential Huffman JPEG scan (ITU T.81, F.2.2) without keeping a coefficient: does it
 * hold exactly the blocks that it must? A decoder that meets damage only warns and fills in; here it is found.
 */
export interface JpegScan {
  /** Blocks of one MCU: for each, the index of its DC table and of its AC table in `tables`. */
  readonly blocks: Int32Array;
  readonly tables: readonly HuffmanTable[];
  readonly mcus: number;
  /** MCUs between restart markers; 0 without them. */
  readonly restartInterval: number;
}

export interface HuffmanTable {
  /** Codes of each length from 1 to 16. */
  readonly counts: Uint8Array;
  /** By the next `LOOKUP_BITS` bits: length << 8 | symbol; 0 where the code is longer, or does not exist. */
  readonly lookup: Uint16Array;
  /** By code length from 1 to 16: first code beyond that length, and what turns a code into an index of `symbols`. */
  readonly endCode: Int32Array;
  readonly shift: Int32Array;
  /** By rising code. */
  readonly symbols: Uint8Array;
}

export const LOOKUP_BITS = 9;

/** What is wrong with a scan; assembly/jpeg-check.ts returns the same. */
export const SCAN_PROBLEM = { Code: -1, Short: -2, Block: -3, Extra: -4, Restart: -5 } as const;

/** @returns where the scan's data end (the next marker, or the end of `bytes`), or a `SCAN_PROBLEM`, which is negative. */
export type ScanWalker = (bytes: Uint8Array, start: number, scan: JpegScan) => number;

/** In plain TypeScript: oracle of the kernel, and the walker where there are no kernels. */
export function walkJpegScan(bytes: Uint8Array, start: number, scan: JpegScan): number {
  const { mcus, restartInterval } = scan;
  let at = start;
  for (let mcu = 0, interval = 0; mcu < mcus; interval++) {
    const count = restartInterval > 0 ? Math.min(restartInterval, mcus - mcu) : mcus;
    at = walkInterval(bytes, at, { scan, count });
    if (at < 0) return at;
    mcu += count;
    if (mcu === mcus) break;
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (bytes[at] !== 0xff || bytes[at + 1] !== 0xd0 + (interval & 7)) return SCAN_PROBLEM.Restart;
    at += 2;
  }
  return at;
}

/** MCUs up to the next marker, whose offset is returned. */
function walkInterval(bytes: Uint8Array, start: number, { scan, count }: { scan: JpegScan; count: number }): number {
  const { blocks, tables } = scan;
  const length = bytes.length;
  let at = start;
  /** The low `bits` bits are those that are read ahead; the last `phantom` of them are not in the file. */
  let window = 0;
  let bits = 0;
  let phantom = 0;
  for (let block = 0, left = count * (blocks.length >> 1); left > 0; left--) {
    let table = tables[blocks[block]!]!;
    const ac = tables[blocks[block + 1]!]!;
    block = block + 2 === blocks.length ? 0 : block + 2;
    for (let k = 0; k < 64; ) {
      while (bits <= 24) {
        let byte = at < length ? bytes[at]! : 0xff;
        if (byte !== 0xff) at++;
        else if (bytes[at + 1] === 0) at += 2;
        else {
          byte = 0;
          phantom += 8;
        }
        window = (window << 8) | byte;
        bits += 8;
      }
      const entry = table.lookup[(window >>> (bits - LOOKUP_BITS)) & ((1 << LOOKUP_BITS) - 1)]!;
      const found = entry > 0 ? entry : findLongCode(table, window, bits);
      if (found === 0) return phantom > bits - 16 ? SCAN_PROBLEM.Short : SCAN_PROBLEM.Code;
      const symbol = found & 0xff;
      const size = symbol & 15;
      bits -= (found >> 8) + size;
      while (bits < 0) {
        let byte = at < length ? bytes[at]! : 0xff;
        if (byte !== 0xff) at++;
        else if (bytes[at + 1] === 0) at += 2;
        else {
          byte = 0;
          phantom += 8;
        }
        window = byte;
        bits += 8;
      }
      if (k === 0) {
        // A difference of DC has no run; 11 bits are the most that 8-bit samples give.
        if (symbol > 11) return phantom > bits ? SCAN_PROBLEM.Short : SCAN_PROBLEM.Block;
        table = ac;
        k = 1;
      } else if (symbol === 0) break;
      else {
        k += (symbol >> 4) + 1;
        // 10 bits are the most that 8-bit samples give; a run without a value is of 16 zeros.
        const known = size === 0 ? symbol === 0xf0 : size <= 10;
        if (k > 64 || !known) return phantom > bits ? SCAN_PROBLEM.Short : SCAN_PROBLEM.Block;
      }
    }
    if (phantom > bits) return SCAN_PROBLEM.Short;
  }
  // Padding to a whole byte is all that may follow.
  if (bits - phantom >= 8) return SCAN_PROBLEM.Extra;
  while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
  return at >= length || (bytes[at] === 0xff && bytes[at + 1] !== 0) ? at : SCAN_PROBLEM.Extra;
}

/** As an entry of `lookup`, for codes of more bits; 0 where there is none. */
function findLongCode({ endCode, shift, symbols }: HuffmanTable, window: number, bits: number): number {
  for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
    const code = (window >>> (bits - length)) & ((1 << length) - 1);
    if (code < endCode[length]!) return (length << 8) | symbols[code + shift[length]!]!;
  }
  return 0;
}

/**
 * A table from its 16 counts by code length and its symbols (T.81, annex C).
 * @returns undefined where there are more codes than bits allow, or one of ones only: as in libjpeg, no code may be that
 */
export function createHuffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable | undefined {
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  const endCode = new Int32Array(17);
  const shift = new Int32Array(17);
  let code = 0;
  let index = 0;
  if (symbols.length > 256) return undefined;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    shift[length] = index - code;
    for (let i = 0; i < counts[length - 1]!; i++, index++, code++) {
      if (code >= (1 << length) - 1) return undefined;
      if (length > LOOKUP_BITS) continue;
      const spread = LOOKUP_BITS - length;
      lookup.fill((length << 8) | symbols[index]!, code << spread, (code + 1) << spread);
    }
    endCode[length] = code;
  }
  return { counts, lookup, endCode, shift, symbols };
}
