import { encodeImage } from '../../io/encode-image.ts';
import { createJpegEncoder, getJpegBound, type JpegEncoder } from '../../io/kernels/jpeg-encode.ts';
import { createPngEncoder, getPngBound, type PngEncoder } from '../../io/kernels/png-encode.ts';
import { createKernels, hasWasmSimd, type Kernels } from '../../io/kernels/wasm-kernels.ts';
import type { Raster } from '../../io/raster.ts';
import type { PictureFormat } from './picture-job.ts';

/** Sides of what the kernels' memory is laid out for; larger pictures go through sharp. */
const MAX_SIDE = 1024;
/** The kernels' own tables. */
const TABLE_BYTES = 4 * 2 ** 20;

export type PictureEncoder = (raster: Raster, format: PictureFormat) => Promise<Uint8Array>;

/** Encodes tile after tile with one set of kernels; memory: some 20 MiB. */
export function createPictureEncoder(): PictureEncoder {
  const size = { width: MAX_SIDE, height: MAX_SIDE, channels: 3 } as const;
  const pixelBytes = MAX_SIDE * MAX_SIDE * 3;
  const bytes = pixelBytes + getJpegBound(size, '4:2:0') + getPngBound(size) + TABLE_BYTES;
  const kernels = hasWasmSimd() ? createKernels(bytes) : undefined;
  const place = kernels?.allocate(pixelBytes);
  let jpeg: { readonly quality: number; readonly encoder: JpegEncoder } | undefined;
  let png: PngEncoder | undefined;

  function getEncoder({ format, quality }: PictureFormat): JpegEncoder | PngEncoder {
    const limits = { maxWidth: MAX_SIDE, maxHeight: MAX_SIDE };
    if (format === 'png') {
      png ??= createPngEncoder(kernels, limits);
      return png;
    }
    jpeg ??= { quality, encoder: createJpegEncoder(kernels, { ...limits, quality }) };
    return jpeg.encoder;
  }

  return async (raster, wanted) => {
    const { width, height, channels } = raster;
    // Memory is laid out once: for one quality of JPEG.
    const fits =
      width <= MAX_SIDE && height <= MAX_SIDE && (wanted.format === 'png' || !jpeg || jpeg.quality === wanted.quality);
    if (!fits)
      return encodeImage(raster, { format: wanted.format === 'png' ? 'png' : 'jpeg', quality: wanted.quality });
    const encoder = getEncoder(wanted);
    const pixels = copyPixels(raster, kernels, place);
    // What the encoder shows is its own memory, and good for one call.
    return encoder.encode({ pixels, pitch: width * channels, width, height, channels }).slice();
  };
}

function copyPixels({ data }: Raster, kernels: Kernels | undefined, place: number | undefined): Uint8Array {
  if (!kernels || place === undefined) return data;
  const pixels = kernels.bytes(place, data.length);
  pixels.set(data);
  return pixels;
}
