import { z } from 'zod';
import { jpegCodec } from '../../../io/codec/jpeg.ts';
import type { TileParameters } from '../../../io/codec/tile-codec.ts';
import { PHOTOMETRIC } from '../../../io/tiff/tags.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { checkDocument } from './check-document.ts';

/** Colour spaces by the names and the numbers (libjpeg's) that imagecodecs writes. */
const GREY = ['GRAYSCALE', 1];
const RGB = ['RGB', 2];
const YCBCR = ['YCBCR', 3, null, undefined];

const space = z.union([z.string(), z.number()]).nullish();
const schema = z.looseObject({
  tables: z.base64().nullish(),
  colorspace_data: space,
  colorspace_jpeg: space,
  bitspersample: z.union([z.literal(8), z.null()]).optional(),
});

/** A chunk as the numcodecs codec of imagecodecs stores it: one JPEG, its tables in the metadata where they are shared. */
export function parseJpegConfig(
  configuration: Readonly<Record<string, unknown>>,
  { name, shape, type }: { readonly name: string; readonly shape: readonly number[]; readonly type: string },
): TileParameters {
  const where = { name, what: 'the codec "imagecodecs_jpeg"' };
  const { tables, colorspace_data: data, colorspace_jpeg: jpeg } = checkDocument(schema, configuration, where);
  const samples = shape.at(-1) === 3 && shape.length > 2 ? 3 : 1;
  const [height = 0, width = 0] = samples === 3 ? shape.slice(-3) : shape.slice(-2);
  const one = shape.reduce((product, size) => product * size, 1) === width * height * samples;
  const meant = samples === 3 ? RGB : GREY;
  const stored = samples === 3 ? [...RGB, ...YCBCR] : [...GREY, null, undefined];
  if (type !== 'uint8' || !one || !stored.includes(jpeg) || ![...meant, null, undefined].includes(data))
    throw new UnsupportedFormatError(name, `JPEG chunks of ${shape.join(' x ')} ${type} in the colours ${jpeg ?? ''}`);
  return {
    ...{ width, height, fullHeight: height, samples, bitsPerSample: 8, predictor: 1, extraSample: 0 },
    photometric:
      samples === 1 ? PHOTOMETRIC.BlackIsZero : RGB.includes(jpeg ?? '') ? PHOTOMETRIC.Rgb : PHOTOMETRIC.YCbCr,
    jpegTables: tables ? Buffer.from(tables, 'base64') : undefined,
  };
}

/** Samples of a chunk. @throws CodecError */
export async function decodeJpegChunk(bytes: Uint8Array, parameters: TileParameters): Promise<Uint8Array> {
  return (await jpegCodec.decode(bytes, parameters)).data;
}
