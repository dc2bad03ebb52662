import { encodeImage } from './encode-image.ts';
import type { Raster } from './raster.ts';

/** Pixels above it go to sharp: the kernels' memory for them would be as large as sharp itself. */
const MAX_PIXELS = 4 * 2 ** 20;
/** The kernels' own tables. */
const KERNEL_BYTES = 4 * 2 ** 20;

/**
 * A picture of a run as a JPEG of quality 90, with the kernels that write patches: loading sharp for it takes 25 MB, and 20 more
 * while it works. The same pixels give the same bytes on every machine.
 */
export async function encodePicture(raster: Raster): Promise<Uint8Array> {
  const { width, height, channels, data } = raster;
  if (width * height > MAX_PIXELS) return encodeImage(raster, { format: 'jpeg' });
  const { createJpegEncoder, getJpegBound } = await import('./kernels/jpeg-encode.ts');
  const { createKernels, hasWasmSimd } = await import('./kernels/wasm-kernels.ts');
  const bytes = data.length + getJpegBound({ width, height, channels: 3 }, '4:2:0') + KERNEL_BYTES;
  const kernels = hasWasmSimd() ? createKernels(bytes) : undefined;
  const encoder = createJpegEncoder(kernels, { maxWidth: width, maxHeight: height });
  let pixels = data;
  if (kernels) {
    pixels = kernels.bytes(kernels.allocate(data.length), data.length);
    pixels.set(data);
  }
  // The encoder's own memory goes with it.
  return encoder.encode({ pixels, pitch: width * channels, width, height, channels }).slice();
}
