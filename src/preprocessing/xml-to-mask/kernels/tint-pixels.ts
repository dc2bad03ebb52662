/** Blends the colours of labels into RGB pixels: `tint` 256ths inside, all of it where a neighbour has another label. */
export function tintPixels(
  data: Uint8Array,
  mask: Uint8Array,
  { width, height, colors, tint }: { width: number; height: number; colors: Uint8Array; tint: number },
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const label = mask[at]!;
      if (label === 0) continue;
      const edge =
        (x > 0 && mask[at - 1] !== label) ||
        (x < width - 1 && mask[at + 1] !== label) ||
        (y > 0 && mask[at - width] !== label) ||
        (y < height - 1 && mask[at + width] !== label);
      const share = edge ? 256 : tint;
      for (let channel = 0; channel < 3; channel++) {
        const old = data[at * 3 + channel]!;
        data[at * 3 + channel] = old + (((colors[label * 3 + channel]! - old) * share) >> 8);
      }
    }
  }
}
