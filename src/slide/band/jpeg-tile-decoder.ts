import { type JpegDecoder, type JpegTables, parseJpegHeader, parseJpegTables } from '../../io/kernels/jpeg-decode.ts';
import { PHOTOMETRIC } from '../../io/tiff/tags.ts';
import type { SyncTileDecoder } from './stored-tile-reader.ts';

/** Photometric interpretations whose tiles go straight into an RGB band. */
const COLOURS: Readonly<Record<number, 'rgb' | 'ycbcr'>> = { [PHOTOMETRIC.Rgb]: 'rgb', [PHOTOMETRIC.YCbCr]: 'ycbcr' };

/**
 * Decodes baseline colour JPEG; what is not baseline, grey, or of another size than the directory says is left to the codec,
 * which decodes it or says what is wrong with it. `getDecoder` is told how many bytes of pixels and stream will be at work.
 */
export function createJpegTileDecoder(getDecoder: (bytes: number) => JpegDecoder): SyncTileDecoder {
  let known: { bytes: Uint8Array | undefined; tables: JpegTables | undefined } = {
    bytes: undefined,
    tables: undefined,
  };
  return {
    decode(tile, { data, pitch, parameters, scale, mean }) {
      const { jpegTables: bytes, photometric, samples, width, height } = parameters;
      const colour = COLOURS[photometric];
      if (samples !== 3 || !colour) return false;
      if (known.bytes !== bytes) known = { bytes, tables: bytes && parseJpegTables(bytes) };
      const header = parseJpegHeader(tile, { tables: known.tables, colour });
      if (header.unsupported !== undefined || header.width !== width || header.height !== height) return false;
      getDecoder(width * height * 3 + tile.length).decodeInto(tile, header, { data, pitch, scale, mean });
      return true;
    },
  };
}
