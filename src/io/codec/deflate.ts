import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { CodecError } from '../../utils/errors.ts';
import { createRawCodec, type RawSize } from './raw-codec.ts';

const inflateAsync = promisify(inflate);

/** Compressions 8 and 32946: a zlib stream (TIFF technical note 2). */
export const deflateCodec = createRawCodec('deflate', async (bytes, { length, most }: RawSize) => {
  let raw: Buffer;
  try {
    // One chunk with a little room: the output is neither collected from pieces nor copied together.
    raw = await inflateAsync(bytes, { chunkSize: Math.max(64, most + 64), maxOutputLength: most });
  } catch (error) {
    throw new CodecError('deflate', explain(error, most), { cause: error });
  }
  return new Uint8Array(raw.buffer, raw.byteOffset, Math.min(raw.length, length));
});

function explain(error: unknown, most: number): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return `more than ${most} bytes`;
  return error instanceof Error ? error.message : String(error);
}
