const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** `rgb` itself where it has at most `most` pixels, else so many of them from all over: the same each time. */
export function pickPixels(rgb: Uint8Array, most: number): Uint8Array {
  const pixels = rgb.length / 3;
  if (pixels <= most) return rgb;
  const out = new Uint8Array(3 * most);
  for (let to = 0, share = 0; to < out.length; to += 3) {
    share += GOLDEN;
    if (share >= 1) share -= 1;
    const p = 3 * Math.floor(share * pixels);
    out[to] = rgb[p]!;
    out[to + 1] = rgb[p + 1]!;
    out[to + 2] = rgb[p + 2]!;
  }
  return out;
}
