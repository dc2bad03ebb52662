export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Adds the pixels of a box of a tile to `counts`, from `at` on, each at the slot of its label. Runs are passed over four
 * pixels at a time where the tile lies on a word.
 * @param slots by label, -1 for one that has none
 * @returns the first label without a slot, or -1 where all have one
 */
export function countBox(
  tile: { readonly pixels: Uint8Array; readonly pitch: number },
  { left, top, right, bottom }: PixelBox,
  slots: Int16Array,
  counts: Float64Array,
  at: number,
): number {
  const { pixels, pitch } = tile;
  const aligned = pixels.byteOffset % 4 === 0;
  const words = new Int32Array(
    pixels.buffer as ArrayBuffer,
    aligned ? pixels.byteOffset : 0,
    aligned ? pixels.length >> 2 : 0,
  );
  for (let row = top; row < bottom; row++) {
    const end = row * pitch + right;
    for (let i = row * pitch + left; i < end; ) {
      const label = pixels[i]!;
      const start = i++;
      while (i < end && (i & 3) !== 0 && pixels[i] === label) i++;
      if ((i & 3) === 0) {
        const word = Math.imul(label, 0x01010101);
        while (i + 4 <= end && words[i >> 2] === word) i += 4;
      }
      while (i < end && pixels[i] === label) i++;
      const slot = slots[label]!;
      if (slot < 0) return label;
      counts[at + slot]! += i - start;
    }
  }
  return -1;
}
