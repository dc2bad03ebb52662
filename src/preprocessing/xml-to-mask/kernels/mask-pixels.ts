/** Adds the pixels of each value to `counts` (256). Runs are counted four pixels at a time where `pixels` lies on a word. */
export function countLabels(pixels: Uint8Array, counts: Float64Array): void {
  const whole = pixels.byteOffset % 4 === 0 ? pixels.length >> 2 : 0;
  const words = new Uint32Array(pixels.buffer as ArrayBuffer, pixels.byteOffset, whole);
  for (let i = 0; i < whole; ) {
    const word = words[i]!;
    const start = i++;
    while (i < whole && words[i] === word) i++;
    const run = i - start;
    const value = word & 255;
    if (word === value * 0x01010101) {
      counts[value]! += 4 * run;
      continue;
    }
    for (let shift = 0; shift < 32; shift += 8) counts[(word >>> shift) & 255]! += run;
  }
  for (let i = whole * 4; i < pixels.length; i++) counts[pixels[i]!]!++;
}

/** One bit a pixel, the first in the highest bit: set where the pixel is not 0. Rows of `width` pixels begin on a byte. */
export function packBits(pixels: Uint8Array, { width, rows }: { width: number; rows: number }, bits: Uint8Array): void {
  const rowBytes = (width + 7) >> 3;
  for (let row = 0; row < rows; row++) {
    let from = row * width;
    const end = from + width;
    let to = row * rowBytes;
    for (; from + 8 <= end; from += 8) {
      let byte = 0;
      if (pixels[from] !== 0) byte = 128;
      if (pixels[from + 1] !== 0) byte |= 64;
      if (pixels[from + 2] !== 0) byte |= 32;
      if (pixels[from + 3] !== 0) byte |= 16;
      if (pixels[from + 4] !== 0) byte |= 8;
      if (pixels[from + 5] !== 0) byte |= 4;
      if (pixels[from + 6] !== 0) byte |= 2;
      if (pixels[from + 7] !== 0) byte |= 1;
      bits[to++] = byte;
    }
    if (from === end) continue;
    let byte = 0;
    for (let bit = 128; from < end; from++, bit >>= 1) if (pixels[from] !== 0) byte |= bit;
    bits[to] = byte;
  }
}

/** Clears RGB pixels where the mask is 0, to `background`. */
export function maskPixels(
  { data, width, height }: { data: Uint8Array; width: number; height: number },
  mask: { labels: Uint8Array; pitch: number },
  background: number,
): void {
  for (let row = 0; row < height; row++) {
    let at = row * mask.pitch;
    const end = (row + 1) * width * 3;
    for (let i = row * width * 3; i < end; i += 3) {
      if (mask.labels[at++] !== 0) continue;
      data[i] = background;
      data[i + 1] = background;
      data[i + 2] = background;
    }
  }
}
