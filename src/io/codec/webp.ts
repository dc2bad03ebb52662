import { CodecError } from '../../utils/errors.ts';
import type { Raster } from '../raster.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import { convertSamples } from './samples-to-rgb.ts';
import type { TileCodec, TileParameters } from './tile-codec.ts';
import { readWebpHeader, type WebpHeader } from './webp-header.ts';
import { wrapWebp } from './wrap-webp.ts';

/** Compression 50001: a WebP file a tile, lossy or lossless, as libtiff writes it; decoded by libwebp through sharp. */
export const webpCodec: TileCodec = {
  name: 'webp',
  getUnsupportedReason({ bitsPerSample, samples, predictor, photometric }) {
    if (predictor !== 1) return `WebP with predictor ${predictor}`;
    const colour = photometric === PHOTOMETRIC.Rgb && (samples === 3 || samples === 4);
    if (colour && bitsPerSample === 8) return undefined;
    return `WebP with photometric interpretation ${photometric} and ${samples} samples a pixel of ${bitsPerSample} bits`;
  },
  decode: decodeWebp,
};

async function decodeWebp(tile: Uint8Array, parameters: TileParameters): Promise<Raster> {
  const { width, height, fullHeight, samples } = parameters;
  const found = readWebpHeader(tile);
  // A last strip may hold the rows of a full one.
  if (found.width !== width || (found.height !== height && found.height !== fullHeight)) {
    const promised = `${width} x ${height}`;
    throw new CodecError('webp', `the stream holds ${found.width} x ${found.height}, the file promises ${promised}`);
  }
  const wrapped = found.plain && samples === 3 ? await decodeWrapped(tile, found) : undefined;
  const data = wrapped ?? (await decodeStream(tile, found, samples));
  // A plain view: a Buffer's slice() shares memory, and receivers of a raster take it for a copy.
  return convertSamples('webp', new Uint8Array(data.buffer, data.byteOffset, data.length), parameters);
}

/**
 * By way of libtiff, whose libwebp it is too: libvips hands a strip on whole, where its own reader of WebP makes an object of
 * every row, which takes six times as long as decoding 256 x 256 pixels.
 * @returns undefined where that fails: whether the stream is bad is for `decodeStream` to say
 */
async function decodeWrapped(tile: Uint8Array, size: WebpHeader): Promise<Buffer | undefined> {
  const { width, height } = size;
  const sharp = await loadSharp();
  try {
    const image = sharp(wrapWebp(tile, size), getLimits(size)).raw();
    const { info, data } = await image.toBuffer({ resolveWithObject: true });
    return info.width === width && info.height === height && info.channels === 3 ? data : undefined;
  } catch {
    return undefined;
  }
}

/** @throws CodecError */
async function decodeStream(tile: Uint8Array, size: WebpHeader, samples: number): Promise<Buffer> {
  const sharp = await loadSharp();
  const image = sharp(tile, getLimits(size));
  let decoded: { data: Buffer; info: { width: number; height: number; channels: number } };
  try {
    // Alpha is what the file says, not what a lossless stream happens to flag.
    const shaped = samples === 4 ? image.ensureAlpha() : image.removeAlpha();
    decoded = await shaped.raw().toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw new CodecError('webp', explain(error), { cause: error });
  }
  const { info, data } = decoded;
  if (info.width === size.width && info.height === size.height && info.channels === samples) return data;
  throw new CodecError('webp', `decoded as ${info.width} x ${info.height} with ${info.channels} samples`);
}

/** The tile's samples as they are: a colour profile is the slide's matter, and sharp would apply it. */
function getLimits({ width, height }: WebpHeader) {
  return { failOn: 'warning', limitInputPixels: width * height, ignoreIcc: true } as const;
}

/** Kept: looking a module up again takes longer than the rest of this file. */
let loading: Promise<typeof import('./sharp.ts')> | undefined;

async function loadSharp() {
  loading ??= import('./sharp.ts');
  return (await loading).sharp;
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.trim() || 'the stream can not be decoded';
}
