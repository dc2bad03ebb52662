import { CodecError } from '../../utils/errors.ts';
import type { Raster } from '../raster.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { sharp } from './sharp.ts';
import type { TileCodec, TileParameters } from './tile-codec.ts';

/** Compression 7: JPEG with or without shared tables (TIFF technical note 2). Decoded by libjpeg-turbo through sharp. */
export const jpegCodec: TileCodec = {
  name: 'jpeg',
  getUnsupportedReason({ bitsPerSample, samples, predictor }) {
    if (bitsPerSample !== 8) return `JPEG with ${bitsPerSample} bits a sample`;
    if (samples !== 1 && samples !== 3) return `JPEG with ${samples} samples a pixel`;
    return predictor === 1 ? undefined : `JPEG with predictor ${predictor}`;
  },
  decode: decodeJpeg,
};

async function decodeJpeg(bytes: Uint8Array, parameters: TileParameters): Promise<Raster> {
  const stream = createJpegStream(bytes, parameters);
  const { width, height, samples } = parameters;
  let decoded: { data: Uint8Array; info: { width: number; height: number; channels: number } };
  try {
    // failOn 'warning': libjpeg only warns of data that end early, and fills the rest of the tile with grey.
    decoded = await sharp(stream, { failOn: 'warning', limitInputPixels: width * height * 2 + 65_536 })
      .raw()
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw new CodecError('jpeg', explain(error), { cause: error });
  }
  const { info } = decoded;
  if (info.width !== width || info.height < height || info.channels !== samples) {
    const found = `${info.width} x ${info.height} with ${info.channels} samples`;
    throw new CodecError('jpeg', `the stream holds ${found}, the file promises ${width} x ${height} with ${samples}`);
  }
  const channels = info.channels === 3 ? 3 : 1;
  return { width, height, channels, data: decoded.data.subarray(0, width * height * channels) };
}

/**
 * A complete JPEG from an abbreviated one: start marker, colour marker where needed, tables, the tile's own segments.
 *
 * RGB tiles (photometric 2, as Aperio writes them) carry component ids 0, 1, 2 and no colour marker, from which every
 * libjpeg concludes YCbCr: an Adobe APP14 segment with transform 0 says RGB. Without it colours are off by 50 levels.
 */
export function createJpegStream(
  bytes: Uint8Array,
  { jpegTables, photometric }: Pick<TileParameters, 'jpegTables' | 'photometric'>,
): Uint8Array {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== 0xd8)
    throw new CodecError('jpeg', 'no start marker (FFD8)');
  const tables = jpegTables ? stripMarkers(jpegTables) : new Uint8Array(0);
  const adobe = photometric === PHOTOMETRIC.Rgb ? ADOBE_RGB : new Uint8Array(0);
  if (tables.length === 0 && adobe.length === 0) return bytes;
  return Buffer.concat([bytes.subarray(0, 2), adobe, tables, bytes.subarray(2)]);
}

/** APP14 "Adobe", version 100, flags 0, transform 0. */
const ADOBE_RGB = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

/** Table segments without their start and end markers. */
function stripMarkers(tables: Uint8Array): Uint8Array {
  const start = tables[0] === 0xff && tables[1] === 0xd8 ? 2 : 0;
  const closed = tables[tables.length - 2] === 0xff && tables[tables.length - 1] === 0xd9;
  return tables.subarray(start, closed ? tables.length - 2 : tables.length);
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.trim() || 'the stream can not be decoded';
}
