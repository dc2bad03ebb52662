import { expandZstd } from '../kernels/expand-zstd.ts';
import { createRawCodec } from './raw-codec.ts';

/** Compression 50000: Zstandard frames (RFC 8878), as libtiff writes them. */
export const zstdCodec = createRawCodec('zstd', (bytes, { length, most }) => {
  const out = new Uint8Array(most);
  return out.subarray(0, expandZstd(bytes, out, length));
});
