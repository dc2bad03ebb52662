import { createJpegDecoder, type JpegTables, parseJpegHeader, parseJpegTables } from '../../io/kernels/jpeg-decode.ts';
import type { Kernels } from '../../io/kernels/wasm-kernels.ts';
import { PHOTOMETRIC } from '../../io/tiff/tags.ts';
import type { SyncTileDecoder } from './stored-tile-reader.ts';

/** Photometric interpretations whose tiles go straight into an RGB band. */
const COLOURS: Readonly<Record<number, 'rgb' | 'ycbcr'>> = { [PHOTOMETRIC.Rgb]: 'rgb', [PHOTOMETRIC.YCbCr]: 'ycbcr' };

/**
 * Decodes baseline colour JPEG with the kernels; what is not baseline, grey, or of another size than the directory says is
 * left to the codec, which decodes it or says what is wrong with it. Lays out memory that lasts: create it before any mark.
 */
export function createJpegTileDecoder(kernels: Kernels): SyncTileDecoder {
  const decoder = createJpegDecoder(kernels);
  let known: { bytes: Uint8Array | undefined; tables: JpegTables | undefined } = {
    bytes: undefined,
    tables: undefined,
  };
  return {
    decode(tile, { address, pitch, parameters }) {
      const { jpegTables: bytes, photometric, samples, width, height } = parameters;
      const colour = COLOURS[photometric];
      if (samples !== 3 || !colour) return false;
      if (known.bytes !== bytes) known = { bytes, tables: bytes && parseJpegTables(bytes) };
      const header = parseJpegHeader(tile, { tables: known.tables, colour });
      if (header.unsupported !== undefined || header.width !== width || header.height !== height) return false;
      decoder.decodeInto(tile, header, { data: kernels.bytes(address, (height - 1) * pitch + width * 3), pitch });
      return true;
    },
  };
}
