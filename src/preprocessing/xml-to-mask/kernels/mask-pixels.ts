/** Adds the pixels of each value to `counts` (256). Runs are counted four pixels at a time where `pixels` lies on a word. */
export function countLabels(pixels: Uint8Array, counts: Float64Array): void {
  const words = toWords(pixels);
  const whole = words.length;
  for (let i = 0; i < whole; ) {
    const word = words[i]!;
    const start = i++;
    while (i < whole && words[i] === word) i++;
    const run = i - start;
    const value = word & 255;
    if (word === Math.imul(value, 0x01010101)) {
      counts[value]! += 4 * run;
      continue;
    }
    for (let shift = 0; shift < 32; shift += 8) counts[(word >>> shift) & 255]! += run;
  }
  for (let i = whole * 4; i < pixels.length; i++) counts[pixels[i]!]!++;
}

/** Four pixels each, without the last ones; none where the pixels do not lie on a word. */
function toWords({ buffer, byteOffset, length }: Uint8Array): Int32Array {
  const aligned = byteOffset % 4 === 0;
  return new Int32Array(buffer as ArrayBuffer, aligned ? byteOffset : 0, aligned ? length >> 2 : 0);
}

/** One bit a pixel, the first in the highest bit: set where the pixel is not 0. Rows of `width` pixels begin on a byte. */
export function packBits(pixels: Uint8Array, { width, rows }: { width: number; rows: number }, bits: Uint8Array): void {
  const rowBytes = (width + 7) >> 3;
  // Rows without a rest follow one another as one.
  const lines = width % 8 === 0 ? 1 : rows;
  const length = (width * rows) / lines;
  for (let row = 0; row < lines; row++) {
    const line = pixels.subarray(row * length, (row + 1) * length);
    packRow(line, bits, row * rowBytes);
  }
}

/** Eight pixels at a time, which mostly are alike: these take two comparisons where the row lies on a word. */
function packRow(line: Uint8Array, bits: Uint8Array, start: number): void {
  const words = toWords(line);
  const whole = words.length >> 1;
  let to = start;
  for (let i = 0; i < whole; i++) {
    const word = words[i * 2]!;
    if (word === words[i * 2 + 1] && word === Math.imul(word & 255, 0x01010101)) bits[to++] = word === 0 ? 0 : 255;
    else bits[to++] = packByte(line, i * 8, 8);
  }
  for (let at = whole * 8; at < line.length; at += 8) bits[to++] = packByte(line, at, Math.min(8, line.length - at));
}

function packByte(line: Uint8Array, at: number, count: number): number {
  let byte = 0;
  for (let i = 0; i < count; i++) if (line[at + i] !== 0) byte |= 128 >> i;
  return byte;
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
