/**
 * Y, Cb, Cr of 8 bits a sample to R, G, B, in place: ITU-R BT.601 of full range (JFIF), in fixed point of 16 bits as libjpeg
 * and OpenSlide compute it.
 */
export function convertYcbcrToRgb(pixels: Uint8Array): void {
  for (let i = 0; i + 2 < pixels.length; i += 3) {
    const y = pixels[i]!;
    const cb = pixels[i + 1]! - 128;
    const cr = pixels[i + 2]! - 128;
    pixels[i] = clamp(y + ((91_881 * cr + 32_768) >> 16));
    pixels[i + 1] = clamp(y + ((-22_554 * cb - 46_802 * cr + 32_768) >> 16));
    pixels[i + 2] = clamp(y + ((116_130 * cb + 32_768) >> 16));
  }
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
