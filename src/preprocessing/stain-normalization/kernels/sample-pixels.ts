import { spreadPixels } from './spread-pixels.ts';

/**
 * Up to `tries` pixels from all over the picture, those with a channel above `brightest` left out: R + 256 G + 65536 B of each.
 * The same each time.
 */
export function samplePixels(rgb: Uint8Array, brightest: number, tries: number): Uint32Array {
  const pixels = rgb.length / 3;
  const found = spreadPixels(pixels, pixels > 0 ? tries : 0);
  let count = 0;
  for (let i = 0; i < found.length; i++) {
    const p = found[i]!;
    if (Math.max(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!) > brightest) continue;
    found[count++] = rgb[p]! | (rgb[p + 1]! << 8) | (rgb[p + 2]! << 16);
  }
  return found.subarray(0, count);
}
