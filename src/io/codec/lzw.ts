import { CodecError } from '../../utils/errors.ts';
import { expandLzw } from '../kernels/expand-lzw.ts';
import { convertSamples, getRawBytes, getUnsupportedLayout } from './samples-to-rgb.ts';
import type { TileCodec } from './tile-codec.ts';

/** Compression 5: LZW as TIFF 6.0 section 13 defines it. */
export const lzwCodec: TileCodec = {
  name: 'lzw',
  getUnsupportedReason: getUnsupportedLayout,
  decode: async (bytes, parameters) => convertSamples('lzw', decodeLzw(bytes, getRawBytes(parameters)), parameters),
};

/** @throws CodecError on a code that does not exist yet and on a stream that ends before `length` bytes. */
export function decodeLzw(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const written = expandLzw(bytes, out);
  if (written < 0) throw new CodecError('lzw', `code ${-1 - written} does not exist yet`);
  if (written < length) throw new CodecError('lzw', `the stream ends after ${written} of ${length} bytes`);
  return out;
}
