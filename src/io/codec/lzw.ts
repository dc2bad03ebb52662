import { CodecError } from '../../utils/errors.ts';
import { convertSamples, getRawBytes, getUnsupportedLayout } from './samples-to-rgb.ts';
import type { TileCodec } from './tile-codec.ts';

/** Compression 5: LZW, most significant bit first, code width grows one code early (TIFF 6.0 section 13). */
export const lzwCodec: TileCodec = {
  name: 'lzw',
  getUnsupportedReason: getUnsupportedLayout,
  decode: async (bytes, parameters) => convertSamples('lzw', decodeLzw(bytes, getRawBytes(parameters)), parameters),
};

const CLEAR = 256;
const END = 257;
const TABLE_SIZE = 4096;

/**
 * Decodes until `length` bytes are written or the stream says END. Each table entry is a place in the output already
 * written plus a length, so that no string is ever copied twice and nothing is allocated per code.
 * @throws CodecError on a code that does not exist yet and on a stream that ends early.
 */
export function decodeLzw(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const starts = new Uint32Array(TABLE_SIZE);
  const lengths = new Uint32Array(TABLE_SIZE);
  let next = END + 1;
  let width = 9;
  let bit = 0;
  let to = 0;
  let previousStart = 0;
  let previousLength = 0;
  while (to < length) {
    const code = readCode(bytes, bit, width);
    bit += width;
    if (code === END) break;
    if (code === CLEAR) {
      next = END + 1;
      width = 9;
      previousLength = 0;
      continue;
    }
    if (code > next || (code >= next && previousLength === 0))
      throw new CodecError('lzw', `code ${code} does not exist yet`);
    const start = to;
    to = code < CLEAR ? putByte(out, to, code) : copyString(out, to, getString(code));
    if (previousLength > 0 && next < TABLE_SIZE) {
      // The previous string and the byte after it, which is the first of this one.
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next++;
      if (next >= (1 << width) - 1 && width < 12) width++;
    }
    previousStart = start;
    previousLength = code < CLEAR ? 1 : to - start;
  }
  if (to < length) throw new CodecError('lzw', `the stream ends after ${to} of ${length} bytes`);
  return out;

  function getString(code: number): { start: number; count: number } {
    // The code that is about to be defined: the previous string and its own first byte.
    if (code === next) return { start: previousStart, count: previousLength + 1 };
    return { start: starts[code] ?? 0, count: lengths[code] ?? 0 };
  }
}

/** The next `width` bits; END where the stream is exhausted. */
function readCode(bytes: Uint8Array, bit: number, width: number): number {
  const at = bit >> 3;
  if (at >= bytes.length) return END;
  const window = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  return (window >> (24 - (bit & 7) - width)) & ((1 << width) - 1);
}

function putByte(out: Uint8Array, to: number, value: number): number {
  out[to] = value;
  return to + 1;
}

/** Byte by byte, as the string may overlap its own copy. */
function copyString(out: Uint8Array, to: number, { start, count }: { start: number; count: number }): number {
  const end = Math.min(to + count, out.length);
  for (let i = to, from = start; i < end; i++, from++) out[i] = out[from] ?? 0;
  return end;
}
