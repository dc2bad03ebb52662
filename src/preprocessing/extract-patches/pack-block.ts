import type { PixelBlock } from '../../io/kernels/pixel-block.ts';
import type { Raster } from '../../io/raster.ts';

/** A copy of a block without the gaps between its rows, into `data` of its length where that is given. */
export function packBlock(
  { pixels, pitch, width, height, channels }: PixelBlock,
  data: Uint8Array = new Uint8Array(width * channels * height),
): Raster {
  const rowBytes = width * channels;
  for (let row = 0; row < height; row++) data.set(pixels.subarray(row * pitch, row * pitch + rowBytes), row * rowBytes);
  return { width, height, channels, data };
}
