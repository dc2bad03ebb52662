/**
 * Lays OpenSlide's pixels over white. They are 0xAARRGGBB in the machine's byte order with colours premultiplied by alpha,
 * so that over white is colour + (255 - alpha): exact, where undoing the premultiplication first would round twice.
 * @param argb at least as many pixels as `rgb` has, which is three bytes for each
 */
export function layArgbOverWhite(argb: Uint32Array, rgb: Uint8Array): void {
  for (let i = 0, at = 0; at < rgb.length; i++, at += 3) {
    const pixel = argb[i]!;
    const alpha = pixel >>> 24;
    if (alpha === 255) {
      rgb[at] = pixel >>> 16;
      rgb[at + 1] = pixel >>> 8;
      rgb[at + 2] = pixel;
      continue;
    }
    // A colour above its alpha is a fault of whoever made the pixel: it must not wrap around to black.
    const white = 255 - alpha;
    rgb[at] = Math.min(255, ((pixel >>> 16) & 255) + white);
    rgb[at + 1] = Math.min(255, ((pixel >>> 8) & 255) + white);
    rgb[at + 2] = Math.min(255, (pixel & 255) + white);
  }
}
