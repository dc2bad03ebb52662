import type { PixelBlock } from '../../io/kernels/pixel-block.ts';
import type { Raster } from '../../io/raster.ts';

/** A copy of a block without the gaps between its rows, into `data` of its length where that is given. */
export function packBlock(
  { pixels, pitch, width, height, channels }: PixelBlock,
  data: Uint8Array = new Uint8Array(width * channels * height),
): Raster {
  const rowBytes = width * channels;
  if (pitch === rowBytes) data.set(pixels.subarray(0, rowBytes * height));
  else copyRows(pixels, data, { pitch, rowBytes, height });
  return { width, height, channels, data };
}

/** Views by their offset: `subarray` asks for its species first, and there are as many as rows. */
function copyRows(
  { buffer, byteOffset }: Uint8Array,
  data: Uint8Array,
  { pitch, rowBytes, height }: { pitch: number; rowBytes: number; height: number },
): void {
  for (let row = 0; row < height; row++)
    data.set(new Uint8Array(buffer, byteOffset + row * pitch, rowBytes), row * rowBytes);
}
