import { CodecError } from '../../utils/errors.ts';
import { invertSamples } from '../kernels/samples.ts';
import type { Raster } from '../raster.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { checkJpegScans } from './check-jpeg.ts';
import { decodeWithKernels } from './decode-with-kernels.ts';
import { createJpegStream, type JpegFrame } from './jpeg-stream.ts';
import type { TileCodec, TileParameters } from './tile-codec.ts';

/**
 * Compression 7: JPEG with or without shared tables (TIFF technical note 2). Baseline streams are
 * decoded by the kernels, any other by libjpeg-turbo through sharp; the pixels are the same.
 */
export const jpegCodec: TileCodec = {
  name: 'jpeg',
  getUnsupportedReason({ bitsPerSample, samples, predictor, photometric }) {
    if (bitsPerSample !== 8) return `JPEG with ${bitsPerSample} bits a sample`;
    if (predictor !== 1) return `JPEG with predictor ${predictor}`;
    const grey = photometric === PHOTOMETRIC.WhiteIsZero || photometric === PHOTOMETRIC.BlackIsZero;
    const colour = photometric === PHOTOMETRIC.Rgb || photometric === PHOTOMETRIC.YCbCr;
    if ((samples === 1 && grey) || (samples === 3 && colour)) return undefined;
    return `JPEG with photometric interpretation ${photometric} and ${samples} samples a pixel`;
  },
  decode: decodeJpeg,
};

async function decodeJpeg(tile: Uint8Array, parameters: TileParameters): Promise<Raster> {
  const { frame, bytes } = createJpegStream(tile, parameters);
  checkFrame(frame, parameters);
  const { width, height, samples, photometric } = parameters;
  const channels = samples === 3 ? 3 : 1;
  const pixels = decodeWithKernels(bytes)?.data ?? (await decodeChecked(bytes, frame));
  // A plain view: a Buffer's slice() shares memory, and receivers of a raster take it for a copy.
  const data = new Uint8Array(pixels.buffer, pixels.byteOffset, width * height * channels);
  if (photometric === PHOTOMETRIC.WhiteIsZero) invertSamples(data, data.length, 1);
  return { width, height, channels, data };
}

/** Holds the stream's own word against the directory's before anything is decoded. */
function checkFrame(frame: JpegFrame, { width, height, fullHeight, samples }: TileParameters): void {
  if (frame.precision !== 8) throw new CodecError('jpeg', `${frame.precision} bits a sample`);
  // A last strip may hold the rows of a full one.
  const fits = frame.height === height || frame.height === fullHeight;
  if (frame.width === width && fits && frame.components === samples) return;
  const found = `${frame.width} x ${frame.height} with ${frame.components} samples`;
  throw new CodecError('jpeg', `the stream holds ${found}, the file promises ${width} x ${height} with ${samples}`);
}

/** Checks the data on this thread while sharp decodes them on another. */
async function decodeChecked(stream: Uint8Array, frame: JpegFrame): Promise<Buffer> {
  const decoding = decodeWithSharp(stream, frame);
  try {
    checkJpegScans(stream);
  } catch (error) {
    await decoding.catch(() => {});
    throw error;
  }
  return decoding;
}

async function decodeWithSharp(stream: Uint8Array, { width, height, components }: JpegFrame): Promise<Buffer> {
  const { sharp } = await import('./sharp.ts');
  // For what checkJpegScans does not cover: failOn 'warning' catches damage in all but the last 8 rows.
  const image = sharp(stream, { failOn: 'warning', limitInputPixels: width * height }).raw();
  let decoded: { data: Buffer; info: { width: number; height: number; channels: number } };
  try {
    // Without 'b-w', sharp makes three samples of one.
    decoded = await image.toColourspace(components === 1 ? 'b-w' : 'srgb').toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw new CodecError('jpeg', explain(error), { cause: error });
  }
  const { info, data } = decoded;
  if (info.width === width && info.height === height && info.channels === components) return data;
  throw new CodecError('jpeg', `decoded as ${info.width} x ${info.height} with ${info.channels} samples`);
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.trim() || 'the stream can not be decoded';
}
