/** Samples of 1, 2 or 4 bits, the first in the highest bits, as one byte each. Rows begin with a byte. */
export function expandBits(
  packed: Uint8Array,
  { width, rows, bits }: { width: number; rows: number; bits: number },
  target: Uint8Array,
): void {
  const rowBytes = Math.ceil((width * bits) / 8);
  const mask = (1 << bits) - 1;
  for (let row = 0; row < rows; row++) {
    let to = row * width;
    const end = to + width;
    for (let from = row * rowBytes; to < end; from++) {
      const byte = packed[from]!;
      for (let shift = 8 - bits; shift >= 0 && to < end; shift -= bits) target[to++] = (byte >> shift) & mask;
    }
  }
}
