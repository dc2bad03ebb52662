const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Where `count` pixels from all over a picture of `pixels` begin in its interleaved RGB. Steps of the golden ratio spread evenly
 * whatever the width is, and are the same each time.
 */
export function spreadPixels(pixels: number, count: number): Uint32Array {
  const places = new Uint32Array(count);
  for (let i = 0, share = 0; i < count; i++) {
    share += GOLDEN;
    if (share >= 1) share -= 1;
    places[i] = 3 * Math.floor(share * pixels);
  }
  return places;
}
