/** Pixels converted at a time: the HSV of a whole picture is never held. */
const CHUNK_PIXELS = 16_384;

/** Hue, saturation, value; both ends belong to the range. */
export interface HsvRange {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** Writes interleaved 8-bit HSV (OpenCV's) of as many RGB pixels as `hsv` has. */
export type ConvertToHsv = (rgb: Uint8Array, hsv: Uint8Array) => void;

/** 1 where hue, saturation and value all lie within their inclusive ranges. */
export function selectHsvRange(rgb: Uint8Array, range: HsvRange, convert: ConvertToHsv): Uint8Array {
  const mask = new Uint8Array(rgb.length / 3);
  forEachHsvChunk(rgb, convert, (hsv, first) => markRange(hsv, mask.subarray(first, first + hsv.length / 3), range));
  return mask;
}

function markRange(hsv: Uint8Array, mask: Uint8Array, { low, high }: HsvRange): void {
  const [h0, s0, v0] = low;
  const [h1, s1, v1] = high;
  for (let i = 0, p = 0; i < mask.length; i++, p += 3) {
    const h = hsv[p]!;
    const s = hsv[p + 1]!;
    const v = hsv[p + 2]!;
    // Saturation first: glass fails there.
    if (s >= s0 && s <= s1 && h >= h0 && h <= h1 && v >= v0 && v <= v1) mask[i] = 1;
  }
}

/** Calls `visit` with the HSV of the next pixels and the number of the first; the array is reused. */
export function forEachHsvChunk(
  rgb: Uint8Array,
  convert: ConvertToHsv,
  visit: (hsv: Uint8Array, first: number) => void,
): void {
  const scratch = new Uint8Array(Math.min(rgb.length, 3 * CHUNK_PIXELS));
  for (let from = 0; from < rgb.length; from += scratch.length) {
    const part = rgb.subarray(from, from + scratch.length);
    const hsv = scratch.subarray(0, part.length);
    convert(part, hsv);
    visit(hsv, from / 3);
  }
}
