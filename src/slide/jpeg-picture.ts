import { jpegCodec } from '../io/codec/jpeg.ts';
import { createJpegHead } from '../io/codec/jpeg-stream.ts';
import type { TileParameters } from '../io/codec/tile-codec.ts';
import { createRaster, type Raster } from '../io/raster.ts';
import { PHOTOMETRIC } from '../io/tiff/tags.ts';
import { CodecError } from '../utils/errors.ts';
import { blitRaster } from './blit.ts';

/**
 * Decodes a complete JPEG file in memory to RGB: a picture that a description carries. Three samples are YCbCr, as JFIF has it.
 * @throws CodecError where it is damaged, of another kind, or larger than `maxBytes` decoded
 */
export async function decodeJpegPicture(bytes: Uint8Array, maxBytes: number): Promise<Raster> {
  const { frame } = createJpegHead(bytes, { jpegTables: undefined, photometric: PHOTOMETRIC.YCbCr });
  const { width, height, components } = frame;
  if (width * height * 3 > maxBytes) throw new CodecError('jpeg', `a picture of ${width} x ${height} pixels`);
  const parameters: TileParameters = {
    ...{ width, height, fullHeight: height, samples: components, bitsPerSample: frame.precision },
    photometric: components === 1 ? PHOTOMETRIC.BlackIsZero : PHOTOMETRIC.YCbCr,
    ...{ predictor: 1, extraSample: 0, jpegTables: undefined },
  };
  const reason = jpegCodec.getUnsupportedReason(parameters);
  if (reason) throw new CodecError('jpeg', reason);
  const picture = await jpegCodec.decode(bytes, parameters);
  if (picture.channels === 3) return picture;
  const rgb = createRaster(width, height);
  blitRaster(picture, rgb, { x: 0, y: 0 });
  return rgb;
}
