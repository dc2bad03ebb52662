import type { Raster } from '../../io/raster.ts';

/** A copy of the part of `raster` inside the rectangle; what would lie outside the raster is cut. */
export function cropRaster(
  raster: Raster,
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Raster {
  const { channels } = raster;
  const width = Math.max(0, Math.min(rect.width, raster.width - rect.x));
  const height = Math.max(0, Math.min(rect.height, raster.height - rect.y));
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((rect.y + row) * raster.width + rect.x) * channels;
    data.set(raster.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { width, height, channels, data };
}
