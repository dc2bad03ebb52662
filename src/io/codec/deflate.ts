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
    let raw: Uint8Array;
    try {
      // Some writers pad the last strip to the full height, so one tile more than expected is still sound.
      raw = await inflateAsync(bytes, { maxOutputLength: getRawBytes(parameters) * 2 + 65_536 });
    } catch (error) {
      throw new CodecError('deflate', error instanceof Error ? error.message : String(error), { cause: error });
    }
    return convertSamples('deflate', raw, parameters);
  },
};
