const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Up to `tries` pixels from all over the picture, those with a channel above `brightest` left out: R + 256 G + 65536 B of each.
 * Steps of the golden ratio spread evenly whatever the width is, and are the same each time.
 */
export function samplePixels(rgb: Uint8Array, brightest: number, tries: number): Uint32Array {
  const pixels = rgb.length / 3;
  const found = new Uint32Array(pixels > 0 ? tries : 0);
  let count = 0;
  for (let i = 0, share = 0; i < found.length; i++) {
    share += GOLDEN;
    if (share >= 1) share -= 1;
    const p = 3 * Math.floor(share * pixels);
    if (Math.max(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!) > brightest) continue;
    found[count++] = rgb[p]! | (rgb[p + 1]! << 8) | (rgb[p + 2]! << 16);
  }
  return found.subarray(0, count);
}
