import type { PixelBlock } from '../../io/kernels/pixel-block.ts';
import type { Raster } from '../../io/raster.ts';

/** A copy of a block without the gaps between its rows. */
export function packBlock({ pixels, pitch, width, height, channels }: PixelBlock): Raster {
  const rowBytes = width * channels;
  const data = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row++) data.set(pixels.subarray(row * pitch, row * pitch + rowBytes), row * rowBytes);
  return { width, height, channels, data };
}
