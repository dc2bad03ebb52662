import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { CodecError } from '../../utils/errors.ts';
import { convertSamples, getRawBytes, getUnsupportedLayout } from './samples-to-rgb.ts';
import type { TileCodec } from './tile-codec.ts';

const inflateAsync = promisify(inflate);

/** Compressions 8 and 32946: a zlib stream (TIFF technical note 2). */
export const deflateCodec: TileCodec = {
  name: 'deflate',
  getUnsupportedReason: getUnsupportedLayout,
  async decode(bytes, parameters) {
    const expected = getRawBytes(parameters);
    // A last strip may be padded to its full height. What goes beyond that is damage, or a bomb.
    const most = getRawBytes({ ...parameters, height: parameters.fullHeight });
    let raw: Buffer;
    try {
      // One chunk with a little room: the output is neither collected from pieces nor copied together.
      raw = await inflateAsync(bytes, { chunkSize: Math.max(64, most + 64), maxOutputLength: most });
    } catch (error) {
      throw new CodecError('deflate', explain(error, most), { cause: error });
    }
    const plain = new Uint8Array(raw.buffer, raw.byteOffset, Math.min(raw.length, expected));
    return convertSamples('deflate', plain, parameters);
  },
};

function explain(error: unknown, most: number): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return `more than ${most} bytes`;
  return error instanceof Error ? error.message : String(error);
}
