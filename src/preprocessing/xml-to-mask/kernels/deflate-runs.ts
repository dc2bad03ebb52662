import { assignCodes, computeCodeLengths } from './huffman-lengths.ts';
import type { PixelRuns } from './pixel-runs.ts';

/** Deflate's alphabet of values, end of block (256) and lengths (RFC 1951, 3.2.5). */
const SYMBOLS = 286;
const END = 256;
const SHORTEST = 3;
const LONGEST = 258;
/** Of a match of each length: its symbol, the bits that follow it, and their value. */
const LENGTH_SYMBOL = new Uint16Array(LONGEST + 1);
const LENGTH_BITS = new Uint8Array(LONGEST + 1);
const LENGTH_EXTRA = new Uint8Array(LONGEST + 1);
for (let length = SHORTEST, symbol = 257, bits = 0; length < LONGEST; symbol++) {
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
  readonly sink: BitSink;
}

/** Bytes that are written, `at` of them, and bits that fill none yet, the first lowest. */
interface BitSink {
  readonly out: Uint8Array;
  at: number;
  held: number;
  bits: number;
}

export function createRunDeflater(size: number): RunDeflater {
  return {
    tokens: new Uint16Array(size + 1),
    counts: new Uint32Array(SYMBOLS),
    lengths: new Uint8Array(SYMBOLS),
    codes: new Uint16Array(SYMBOLS),
    // No token takes more than 21 bits, and the head some 200 bytes.
    sink: { out: new Uint8Array(Math.ceil((size * 21) / 8) + 512), at: 0, held: 0, bits: 0 },
  };
}

/**
 * Bytes as a zlib stream of one block that knows nothing but runs: what zlib's strategy RLE makes, but nobody looks at the
 * bytes, as the checksum of a run is a formula.
 */
export function deflateRuns(deflater: RunDeflater, runs: PixelRuns): Uint8Array {
  const { counts, lengths, codes, sink } = deflater;
  counts.fill(0);
  const { tokens, adler } = listTokens(deflater, runs);
  computeCodeLengths(counts, lengths);
  assignCodes(lengths, codes);
  sink.out[0] = 0x78;
  sink.out[1] = 0x01;
  sink.at = 2;
  sink.held = 0;
  sink.bits = 0;
  writeHead(sink, lengths);
  writeTokens(deflater, tokens);
  // The last bits, and what their byte lacks.
  if (sink.bits > 0) putBits(sink, 0, 8 - sink.bits);
  for (let shift = 24; shift >= 0; shift -= 8) sink.out[sink.at++] = adler >>> shift;
  return sink.out.slice(0, sink.at);
}

function listTokens(
  { tokens, counts }: RunDeflater,
  { ends, values, count }: PixelRuns,
): { tokens: number; adler: number } {
  let used = 0;
  let start = 0;
  let a = 1;
  let b = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    const run = ends[i]! - start;
    start += run;
    for (let left = run; left > 0; left -= ADLER_RUN) {
      const n = Math.min(left, ADLER_RUN);
      b = (b + n * a + value * ((n * (n + 1)) >> 1)) % ADLER;
      a = (a + n * value) % ADLER;
    }
    tokens[used++] = value;
    let left = run - 1;
    while (left >= SHORTEST) {
      const length = Math.min(left, LONGEST);
      tokens[used++] = END + length;
      counts[LENGTH_SYMBOL[length]!]!++;
      left -= length;
    }
    // The rest, one or two bytes, can be no match.
    counts[value]! += 1 + left;
    while (left-- > 0) tokens[used++] = value;
  }
  tokens[used++] = END;
  counts[END]!++;
  return { tokens: used, adler: b * 65_536 + a };
}

function writeTokens({ tokens, lengths, codes, sink }: RunDeflater, count: number): void {
  const { out } = sink;
  let { at, held, bits } = sink;
  for (let i = 0; i < count; i++) {
    const token = tokens[i]!;
    if (token <= END) {
      held |= codes[token]! << bits;
      bits += lengths[token]!;
    } else {
      const length = token - END;
      const symbol = LENGTH_SYMBOL[length]!;
      // The code of the only distance, 1, is one bit, 0.
      const own = lengths[symbol]!;
      held |= (codes[symbol]! | (LENGTH_EXTRA[length]! << own)) << bits;
      bits += own + LENGTH_BITS[length]! + 1;
    }
    while (bits >= 8) {
      out[at++] = held;
      held >>>= 8;
      bits -= 8;
    }
  }
  sink.at = at;
  sink.held = held;
  sink.bits = bits;
}

/** Appends the lowest `length` bits, at most 24. */
function putBits(sink: BitSink, value: number, length: number): void {
  sink.held |= value << sink.bits;
  sink.bits += length;
  while (sink.bits >= 8) {
    sink.out[sink.at++] = sink.held;
    sink.held >>>= 8;
    sink.bits -= 8;
  }
}

/** RFC 1951, 3.2.7. */
function writeHead(sink: BitSink, lengths: Uint8Array): void {
  // The last block; codes of its own.
  putBits(sink, 1 | (2 << 1), 3);
  putBits(sink, SYMBOLS - 257, 5);
  // One distance, and the lengths of all 19 meta codes.
  putBits(sink, 0, 5);
  putBits(sink, META_ORDER.length - 4, 4);
  for (const symbol of META_ORDER) putBits(sink, META_LENGTHS[symbol]!, 3);
  for (let i = 0; i < SYMBOLS; ) {
    let zeros = 0;
    while (i + zeros < SYMBOLS && lengths[i + zeros] === 0) zeros++;
    if (zeros >= 11) {
      const some = Math.min(zeros, 138);
      putMeta(sink, 18);
      putBits(sink, some - 11, 7);
      i += some;
    } else if (zeros >= 3) {
      putMeta(sink, 17);
      putBits(sink, zeros - 3, 3);
      i += zeros;
    } else putMeta(sink, lengths[i++]!);
  }
  putMeta(sink, 1);
}

function putMeta(sink: BitSink, symbol: number): void {
  putBits(sink, META_CODES[symbol]!, META_LENGTHS[symbol]!);
}
