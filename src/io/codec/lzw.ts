import { CodecError } from '../../utils/errors.ts';
import { expandLzw } from '../kernels/expand-lzw.ts';
import { createRawCodec } from './raw-codec.ts';

/** Compression 5: LZW as TIFF 6.0 section 13 defines it. */
export const lzwCodec = createRawCodec('lzw', (bytes, { length }) => decodeLzw(bytes, length));

/** @throws CodecError on a code that does not exist yet and on a stream that ends before `length` bytes. */
export function decodeLzw(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const written = expandLzw(bytes, out);
  if (written < 0) throw new CodecError('lzw', `code ${-1 - written} does not exist yet`);
  if (written < length) throw new CodecError('lzw', `the stream ends after ${written} of ${length} bytes`);
  return out;
}
