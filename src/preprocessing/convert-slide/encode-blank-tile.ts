import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { COMPRESSION, PHOTOMETRIC } from '../../io/tiff/tags.ts';
import { encodeFlatJpeg } from '../../io/tiff/writer/encode-flat-jpeg.ts';
import { encodeLzw } from '../../io/tiff/writer/encode-lzw.ts';
import type { Encoding } from './encoding.ts';

const deflateAsync = promisify(deflate);

/**
 * A white tile among tiles that are copied.
 * @returns undefined for a compression that slideloom does not write: such a tile is left out of the file
 */
export async function encodeBlankTile(
  encoding: Encoding,
  size: { readonly width: number; readonly height: number },
): Promise<Uint8Array | undefined> {
  switch (encoding.compression) {
    case COMPRESSION.Jpeg:
      return encodeFlatJpeg(size, listComponents(encoding));
    case COMPRESSION.None:
      return createSamples(encoding, size);
    case COMPRESSION.Lzw:
      return encodeLzw(createSamples(encoding, size));
    case COMPRESSION.AdobeDeflate:
    case COMPRESSION.Deflate:
      return deflateAsync(createSamples(encoding, size));
    default:
      return undefined;
  }
}

function listComponents({ photometric, samples, subsampling }: Encoding) {
  const [across, down] = subsampling ?? [1, 1];
  const one = { across: 1, down: 1 };
  if (samples === 1) return [{ ...one, value: photometric === PHOTOMETRIC.WhiteIsZero ? 0 : 255 }];
  const chroma = photometric === PHOTOMETRIC.YCbCr ? 128 : 255;
  return [
    { across, down, value: 255 },
    { ...one, value: chroma },
    { ...one, value: chroma },
  ];
}

/** Samples as they are stored: all bits set, or none where white is zero; as differences where a predictor asks for it. */
function createSamples(
  { photometric, samples, bitsPerSample, predictor }: Encoding,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  const pixelBytes = samples * (bitsPerSample > 8 ? 2 : 1);
  const rowBytes = width * pixelBytes;
  const bytes = new Uint8Array(rowBytes * height);
  if (photometric === PHOTOMETRIC.WhiteIsZero) return bytes;
  if (predictor === 1) return bytes.fill(255);
  for (let row = 0; row < height; row++) bytes.fill(255, row * rowBytes, row * rowBytes + pixelBytes);
  return bytes;
}
