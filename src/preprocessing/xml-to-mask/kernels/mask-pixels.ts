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
