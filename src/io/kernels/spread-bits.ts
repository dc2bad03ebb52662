/**
 * Bits to bytes of 0 and 1: TIFF's samples of one bit, the first pixel in the highest bit; each row begins with a byte.
 * @param packed `ceil(width / 8)` bytes a row
 */
export function spreadBitRows(packed: Uint8Array, { width, rows }: { width: number; rows: number }): Uint8Array {
  const spread = new Uint8Array(width * rows);
  const pitch = Math.ceil(width / 8);
  for (let row = 0; row < rows; row++)
    for (let x = 0; x < width; x += 8) {
      const byte = packed[row * pitch + (x >> 3)]!;
      // Masks are runs: most bytes have one value only.
      if (byte === 0) continue;
      const at = row * width + x;
      const count = Math.min(8, width - x);
      for (let bit = 0; bit < count; bit++) spread[at + bit] = (byte >> (7 - bit)) & 1;
    }
  return spread;
}
