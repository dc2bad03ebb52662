/** Marks every pixel that has a marked one within two pixels (a disk of radius 2, 13 pixels). Both have one byte a pixel. */
export function dilateDisk(mask: Uint8Array, width: number, out: Uint8Array): void {
  out.fill(0);
  const height = mask.length / width;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (mask[i] === 0) continue;
      for (let dy = -2; dy <= 2; dy++) {
        if (y + dy < 0 || y + dy >= height) continue;
        const reach = 2 - Math.abs(dy);
        const row = (y + dy) * width;
        out.fill(1, row + Math.max(0, x - reach), row + Math.min(width, x + reach + 1));
      }
    }
  }
}
