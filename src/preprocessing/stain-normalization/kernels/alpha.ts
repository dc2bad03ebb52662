/** Red, green and blue of RGBA pixels; `out` has three bytes a pixel. */
export function dropAlpha(rgba: Uint8Array, out: Uint8Array): void {
  for (let p = 0, q = 0; q < out.length; p += 4, q += 3) {
    out[q] = rgba[p]!;
    out[q + 1] = rgba[p + 1]!;
    out[q + 2] = rgba[p + 2]!;
  }
}

/** Red, green and blue of `rgb`, alpha of `rgba`; `out` has four bytes a pixel. */
export function joinAlpha(rgb: Uint8Array, rgba: Uint8Array, out: Uint8Array): void {
  for (let p = 0, q = 0; q < rgb.length; p += 4, q += 3) {
    out[p] = rgb[q]!;
    out[p + 1] = rgb[q + 1]!;
    out[p + 2] = rgb[q + 2]!;
    out[p + 3] = rgba[p + 3]!;
  }
}
