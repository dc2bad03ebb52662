/**
 * Colour planes of interleaved RGB bytes, bit for bit as OpenCV computes them for 8-bit images (`cvtColor`). The tables
 * and shifts are OpenCV's fixed-point definition; the other published grey constants (>> 14) differ on 0.26 % of pixels.
 * These are the plain versions; color-converter.ts has the fast ones.
 */
const SATURATION_TABLE = createDivisionTable(255);
/** Hue in half degrees, 0..179: one sixth of the circle is 30. */
const HUE_TABLE = createDivisionTable(180 / 6);

/** Grey level of each pixel. */
export function computeGrey(rgb: Uint8Array, out: Uint8Array = new Uint8Array(rgb.length / 3)): Uint8Array {
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3)
    out[i] = (9798 * rgb[p]! + 19235 * rgb[p + 1]! + 3735 * rgb[p + 2]! + 16384) >> 15;
  return out;
}

/** Saturation of each pixel, 0..255. */
export function computeSaturation(rgb: Uint8Array, out: Uint8Array = new Uint8Array(rgb.length / 3)): Uint8Array {
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    const r = rgb[p]!;
    const g = rgb[p + 1]!;
    const b = rgb[p + 2]!;
    const max = Math.max(r, g, b);
    const min = Math.min(r, g, b);
    out[i] = ((max - min) * SATURATION_TABLE[max]! + 2048) >> 12;
  }
  return out;
}

/** Interleaved hue (0..179), saturation and value (0..255). */
export function computeHsv(rgb: Uint8Array, out: Uint8Array = new Uint8Array(rgb.length)): Uint8Array {
  for (let p = 0; p < rgb.length; p += 3) {
    const r = rgb[p]!;
    const g = rgb[p + 1]!;
    const b = rgb[p + 2]!;
    const max = Math.max(r, g, b);
    const range = max - Math.min(r, g, b);
    const sector = max === r ? g - b : max === g ? b - r + 2 * range : r - g + 4 * range;
    const hue = (sector * HUE_TABLE[range]! + 2048) >> 12;
    out[p] = hue < 0 ? hue + 180 : hue;
    out[p + 1] = (range * SATURATION_TABLE[max]! + 2048) >> 12;
    out[p + 2] = max;
  }
  return out;
}

function createDivisionTable(scale: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, i) => (i === 0 ? 0 : Math.round((scale * 4096) / i)));
}
