import { spreadPixels } from './spread-pixels.ts';

/** `rgb` itself where it has at most `most` pixels, else so many of them from all over: the same each time. */
export function pickPixels(rgb: Uint8Array, most: number): Uint8Array {
  const pixels = rgb.length / 3;
  if (pixels <= most) return rgb;
  const places = spreadPixels(pixels, most);
  const out = new Uint8Array(3 * most);
  for (let i = 0, to = 0; i < most; i++, to += 3) {
    const p = places[i]!;
    out[to] = rgb[p]!;
    out[to + 1] = rgb[p + 1]!;
    out[to + 2] = rgb[p + 2]!;
  }
  return out;
}
