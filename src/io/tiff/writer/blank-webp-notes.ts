import { CodecError } from '../../../utils/errors.ts';

/** Chunks of RFC 9649 that the picture and its colours need. */
const PICTURE = ['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'];
const HEADER = 12;
const CHUNK_HEAD = 8;

/**
 * A WebP file whose other chunks (EXIF, XMP, unknown ones) are zeros, without what lies behind it. The bytes given are untouched.
 * @throws CodecError where its chunks are damaged
 */
export function blankWebpNotes(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER || readName(file, 0) !== 'RIFF' || readName(file, 8) !== 'WEBP')
    throw new CodecError('webp', 'no RIFF header');
  // Chunks have an even length; a file that ends without the last byte of padding is read all the same.
  const size = Math.min(file.length, CHUNK_HEAD + view.getUint32(4, true));
  const out = file.slice(0, size);
  for (let at = HEADER; at + CHUNK_HEAD <= size; ) {
    const start = at + CHUNK_HEAD;
    const length = view.getUint32(at + 4, true);
    if (start + length > size) throw new CodecError('webp', `a chunk of ${length} bytes at byte ${at}, past the end`);
    if (!PICTURE.includes(readName(file, at))) out.fill(0, start, start + length);
    at = start + length + (length % 2);
  }
  return out;
}

function readName(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
