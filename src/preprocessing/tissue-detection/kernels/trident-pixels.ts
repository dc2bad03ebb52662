/** The pixel steps of TRIDENT's Otsu segmenter. */
import { packHsv } from './color.ts';
import { computeOtsuOfFloats } from './histogram.ts';

/** White for saturation <= 10 (grey) and for value <= 85 (black), OpenCV's HSV. */
export function paintGreyWhite(rgb: Uint8Array): Uint8Array {
  const out = Uint8Array.from(rgb);
  for (let p = 0; p < rgb.length; p += 3) {
    const packed = packHsv(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!);
    if ((packed & 255) <= 85 || ((packed >> 8) & 255) <= 10) out.fill(255, p, p + 3);
  }
  return out;
}

/** Outside the mask every channel that is not 0 becomes 255, in place. */
export function paintOutsideWhite(rgb: Uint8Array, mask: Uint8Array): void {
  for (let i = 0, p = 0; i < mask.length; i++, p += 3) {
    if (mask[i]! !== 0) continue;
    for (let c = p; c < p + 3; c++) if (rgb[c]! !== 0) rgb[c] = 255;
  }
}

/** 1 below Otsu's threshold of scikit-image's grey (Rec. 709 weights, real numbers). */
export function selectDark(rgb: Uint8Array): Uint8Array {
  const grey = new Float64Array(rgb.length / 3);
  for (let i = 0, p = 0; i < grey.length; i++, p += 3)
    grey[i] = 255 * (0.2125 * (rgb[p]! / 255) + 0.7154 * (rgb[p + 1]! / 255) + 0.0721 * (rgb[p + 2]! / 255));
  const threshold = computeOtsuOfFloats(grey);
  const mask = new Uint8Array(grey.length);
  for (let i = 0; i < grey.length; i++) if (grey[i]! < threshold) mask[i] = 1;
  return mask;
}
