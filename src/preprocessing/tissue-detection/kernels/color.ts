/**
 * Colour planes of interleaved RGB bytes, bit for bit as OpenCV computes them for 8-bit images (`cvtColor`). The tables
 * and shifts are OpenCV's fixed-point definition; the other published grey constants (>> 14) differ on 0.26 % of pixels.
 */
const SATURATION_TABLE = createDivisionTable(255);
/** Hue in half degrees, 0..179: one sixth of the circle is 30. */
const HUE_TABLE = createDivisionTable(180 / 6);

/** Grey level of each pixel. */
export function computeGrey(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0, p = 0; i < grey.length; i++, p += 3) grey[i] = greyOf(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!);
  return grey;
}

/** Saturation of each pixel, 0..255. */
export function computeSaturation(rgb: Uint8Array): Uint8Array {
  const saturation = new Uint8Array(rgb.length / 3);
  for (let i = 0, p = 0; i < saturation.length; i++, p += 3) {
    const r = rgb[p]!;
    const g = rgb[p + 1]!;
    const b = rgb[p + 2]!;
    const max = Math.max(r, g, b);
    const min = Math.min(r, g, b);
    saturation[i] = ((max - min) * SATURATION_TABLE[max]! + 2048) >> 12;
  }
  return saturation;
}

/** Interleaved hue (0..179), saturation and value (0..255). */
export function computeHsv(rgb: Uint8Array): Uint8Array {
  const hsv = new Uint8Array(rgb.length);
  for (let p = 0; p < rgb.length; p += 3) {
    const packed = packHsv(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!);
    hsv[p] = packed >> 16;
    hsv[p + 1] = (packed >> 8) & 255;
    hsv[p + 2] = packed & 255;
  }
  return hsv;
}

/** 1 where hue, saturation and value all lie within their inclusive ranges. */
export function selectHsvRange(
  rgb: Uint8Array,
  low: readonly [number, number, number],
  high: readonly [number, number, number],
): Uint8Array {
  const [h0, s0, v0] = low;
  const [h1, s1, v1] = high;
  const mask = new Uint8Array(rgb.length / 3);
  for (let i = 0, p = 0; i < mask.length; i++, p += 3) {
    const packed = packHsv(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!);
    const h = packed >> 16;
    const s = (packed >> 8) & 255;
    const v = packed & 255;
    if (h >= h0 && h <= h1 && s >= s0 && s <= s1 && v >= v0 && v <= v1) mask[i] = 1;
  }
  return mask;
}

export function greyOf(r: number, g: number, b: number): number {
  return (9798 * r + 19235 * g + 3735 * b + 16384) >> 15;
}

/** Hue, saturation and value of one pixel as `h << 16 | s << 8 | v`. */
export function packHsv(r: number, g: number, b: number): number {
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const range = max - min;
  const saturation = (range * SATURATION_TABLE[max]! + 2048) >> 12;
  const sector = max === r ? g - b : max === g ? b - r + 2 * range : r - g + 4 * range;
  const hue = (sector * HUE_TABLE[range]! + 2048) >> 12;
  return ((hue < 0 ? hue + 180 : hue) << 16) | (saturation << 8) | max;
}

function createDivisionTable(scale: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, i) => (i === 0 ? 0 : Math.round((scale * 4096) / i)));
}
