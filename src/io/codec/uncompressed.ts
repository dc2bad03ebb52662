import { convertSamples, getRawBytes, getUnsupportedLayout } from './samples-to-rgb.ts';
import type { TileCodec } from './tile-codec.ts';

/** Compression 1: samples as they are. */
export const uncompressedCodec: TileCodec = {
  name: 'uncompressed',
  getUnsupportedReason: getUnsupportedLayout,
  // A copy, as the conversion works in place and a source's bytes are shared.
  decode: async (bytes, parameters) =>
    convertSamples('uncompressed', new Uint8Array(bytes.subarray(0, getRawBytes(parameters))), parameters),
};
