import { createRawCodec } from './raw-codec.ts';

/** Compression 1: samples as they are. A copy, as the conversion works in place and a source's bytes are shared. */
export const uncompressedCodec = createRawCodec(
  'uncompressed',
  (bytes, { length }) => new Uint8Array(bytes.subarray(0, length)),
);
