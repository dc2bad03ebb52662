import type { Raster } from '../raster.ts';

/**
 * Pixels turned as an EXIF (or TIFF) orientation says, 1 to 8: the number tells where the stored first row and column
 * belong, 6 for instance means that they are the right side and the top. 1 is returned as it is.
 */
export function orientPixels(raster: Raster, orientation: number): Raster {
  if (orientation === 1) return raster;
  const { width, height, channels, data } = raster;
  // Rows and columns change places; then from the right, then from the bottom.
  const swapped = orientation >= 5;
  const fromRight = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 6;
  const fromBottom = orientation === 3 || orientation === 4 || orientation === 7 || orientation === 8;
  const outWidth = swapped ? height : width;
  const outHeight = swapped ? width : height;
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < outHeight; y++) {
    const v = fromBottom ? outHeight - 1 - y : y;
    for (let x = 0; x < outWidth; x++) {
      const u = fromRight ? outWidth - 1 - x : x;
      const from = (swapped ? u * width + v : v * width + u) * channels;
      for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
    }
  }
  return { width: outWidth, height: outHeight, channels, data: out };
}
