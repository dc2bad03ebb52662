import { CodecError } from '../../utils/errors.ts';
import { createRawCodec } from './raw-codec.ts';

/** Compression 32773: byte-wise run lengths (TIFF 6.0 section 9). */
export const packbitsCodec = createRawCodec('packbits', (bytes, { length }) => decodePackbits(bytes, length));

/** @throws CodecError where the stream ends before `length` bytes are written. */
export function decodePackbits(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let from = 0;
  let to = 0;
  while (to < length) {
    const header = bytes[from++];
    if (header === undefined) throw new CodecError('packbits', `the stream ends after ${to} of ${length} bytes`);
    if (header === 128) continue;
    const run = header < 128 ? header + 1 : 257 - header;
    const end = Math.min(to + run, length);
    if (header < 128) {
      if (from + run > bytes.length)
        throw new CodecError('packbits', `a literal run leaves the stream at byte ${from}`);
      out.set(bytes.subarray(from, from + end - to), to);
      from += run;
    } else {
      const value = bytes[from++];
      if (value === undefined) throw new CodecError('packbits', `the stream ends after ${to} of ${length} bytes`);
      out.fill(value, to, end);
    }
    to = end;
  }
  return out;
}
