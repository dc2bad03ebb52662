import { assignCodes, computeCodeLengths } from './huffman-lengths.ts';

/** Deflate's alphabet of values, end of block (256) and lengths (RFC 1951, 3.2.5). */
const SYMBOLS = 286;
const END = 256;
const LONGEST = 258;
/** Of a match of each length: its symbol, the bits that follow it, and their value. */
const LENGTH_SYMBOL = new Uint16Array(LONGEST + 1);
const LENGTH_BITS = new Uint8Array(LONGEST + 1);
const LENGTH_EXTRA = new Uint8Array(LONGEST + 1);
for (let length = 3, symbol = 257, bits = 0; length < LONGEST; symbol++) {
  if (symbol >= 265 && (symbol - 265) % 4 === 0) bits++;
  for (let extra = 0; extra < 1 << bits && length < LONGEST; extra++, length++) {
    LENGTH_SYMBOL[length] = symbol;
    LENGTH_BITS[length] = bits;
    LENGTH_EXTRA[length] = extra;
  }
}
LENGTH_SYMBOL[LONGEST] = 285;

/** Order in which the lengths of the code of code lengths are written (RFC 1951, 3.2.7), and that code, which is fixed. */
const META_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;
/** Thirteen codes of 4 bits and six of 5 use up all codes there are. */
const META_LENGTHS = Uint8Array.from({ length: 19 }, (_, i) => ([11, 12, 13, 14, 15, 16].includes(i) ? 5 : 4));
const META_CODES = new Uint16Array(19);
assignCodes(META_LENGTHS, META_CODES);

const ADLER = 65_521;
/** Runs of at most so many bytes keep Adler's sums within 32 bits. */
const ADLER_RUN = 2048;

/** Room for one block of at most `size` bytes; used again for each. */
export interface RunDeflater {
  /** A value, or 256 and the length of a match with the byte before. */
  readonly tokens: Uint16Array;
  readonly counts: Uint32Array;
  readonly lengths: Uint8Array;
  readonly codes: Uint16Array;
  readonly out: Uint8Array;
}

export function createRunDeflater(size: number): RunDeflater {
  return {
    tokens: new Uint16Array(size + 1),
    counts: new Uint32Array(SYMBOLS),
    lengths: new Uint8Array(SYMBOLS),
    codes: new Uint16Array(SYMBOLS),
    // No token takes more than 21 bits, and the head some 200 bytes.
    out: new Uint8Array(Math.ceil((size * 21) / 8) + 512),
  };
}

/**
 * `bytes` as a zlib stream of one block that knows nothing but runs: what zlib's strategy RLE makes, at twice its speed, as
 * runs are found four bytes at a time and have their checksum by a formula. `values` counts the bytes of each value.
 * @param bytes a multiple of 4 of them, on a multiple of 4
 */
export function deflateRuns(deflater: RunDeflater, bytes: Uint8Array, values: Float64Array): Uint8Array {
  const { counts, lengths, codes } = deflater;
  counts.fill(0);
  const { tokens, adler } = findTokens(deflater, bytes, values);
  computeCodeLengths(counts, lengths);
  assignCodes(lengths, codes);
  return writeStream(deflater, tokens, adler);
}

function findTokens(
  { tokens, counts }: RunDeflater,
  bytes: Uint8Array,
  values: Float64Array,
): { tokens: number; adler: number } {
  const end = bytes.length;
  const words = new Int32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, end >> 2);
  let count = 0;
  let a = 1;
  let b = 0;
  for (let start = 0; start < end; ) {
    const value = bytes[start]!;
    const stop = findRunEnd(bytes, words, start);
    const run = stop - start;
    start = stop;
    values[value]! += run;
    for (let left = run; left > 0; left -= ADLER_RUN) {
      const n = Math.min(left, ADLER_RUN);
      b = (b + n * a + value * ((n * (n + 1)) / 2)) % ADLER;
      a = (a + n * value) % ADLER;
    }
    tokens[count++] = value;
    counts[value]!++;
    for (let left = run - 1; left > 0; ) {
      // A rest of one or two bytes can be no match: it is left to values.
      if (left < 3) {
        tokens[count++] = value;
        counts[value]!++;
        left--;
        continue;
      }
      const length = Math.min(left, LONGEST);
      tokens[count++] = END + length;
      counts[LENGTH_SYMBOL[length]!]!++;
      left -= length;
    }
  }
  tokens[count++] = END;
  counts[END]!++;
  return { tokens: count, adler: b * 65_536 + a };
}

function findRunEnd(bytes: Uint8Array, words: Int32Array, start: number): number {
  const value = bytes[start]!;
  let at = start + 1;
  const end = bytes.length;
  while ((at & 3) !== 0) {
    if (bytes[at] !== value) return at;
    at++;
  }
  const word = Math.imul(value, 0x01010101);
  let index = at >> 2;
  const last = words.length - 4;
  while (
    index <= last &&
    words[index] === word &&
    words[index + 1] === word &&
    words[index + 2] === word &&
    words[index + 3] === word
  )
    index += 4;
  while (index < words.length && words[index] === word) index++;
  at = index << 2;
  while (at < end && bytes[at] === value) at++;
  return at;
}

/** The head of a zlib stream, one block with its own codes, and the checksum. */
function writeStream(deflater: RunDeflater, count: number, adler: number): Uint8Array {
  const { tokens, lengths, codes, out } = deflater;
  out[0] = 0x78;
  out[1] = 0x01;
  let at = 2;
  let held = 0;
  let bits = 0;
  const put = (value: number, length: number) => {
    held |= value << bits;
    bits += length;
    while (bits >= 8) {
      out[at++] = held;
      held >>>= 8;
      bits -= 8;
    }
  };
  writeHead(put, lengths);
  for (let i = 0; i < count; i++) {
    const token = tokens[i]!;
    if (token <= END) {
      put(codes[token]!, lengths[token]!);
      continue;
    }
    const length = token - END;
    const symbol = LENGTH_SYMBOL[length]!;
    // The code of the only distance, 1, is one bit, 0.
    const own = lengths[symbol]!;
    put(codes[symbol]! | (LENGTH_EXTRA[length]! << own), own + LENGTH_BITS[length]! + 1);
  }
  if (bits > 0) out[at++] = held;
  for (let shift = 24; shift >= 0; shift -= 8) out[at++] = Math.floor(adler / 2 ** shift) & 255;
  return out.slice(0, at);
}

/** RFC 1951, 3.2.7. */
function writeHead(put: (value: number, length: number) => void, lengths: Uint8Array): void {
  // The last block; codes of its own.
  put(1 | (2 << 1), 3);
  put(SYMBOLS - 257, 5);
  // One distance, and the lengths of all 19 meta codes.
  put(0, 5);
  put(META_ORDER.length - 4, 4);
  for (const symbol of META_ORDER) put(META_LENGTHS[symbol]!, 3);
  for (let i = 0; i < SYMBOLS; ) {
    let zeros = 0;
    while (i + zeros < SYMBOLS && lengths[i + zeros] === 0) zeros++;
    if (zeros >= 11) {
      const some = Math.min(zeros, 138);
      putMeta(put, 18);
      put(some - 11, 7);
      i += some;
    } else if (zeros >= 3) {
      putMeta(put, 17);
      put(zeros - 3, 3);
      i += zeros;
    } else putMeta(put, lengths[i++]!);
  }
  putMeta(put, 1);
}

function putMeta(put: (value: number, length: number) => void, symbol: number): void {
  put(META_CODES[symbol]!, META_LENGTHS[symbol]!);
}
