/** The pixel steps of TRIDENT's Otsu segmenter. */
import { computeOtsuOfFloats } from './histogram.ts';
import { type ConvertToHsv, forEachHsvChunk } from './hsv-range.ts';

/** White for saturation <= 10 (grey) and for value <= 85 (black), OpenCV's HSV. */
export function paintGreyWhite(rgb: Uint8Array, convert: ConvertToHsv): Uint8Array {
  const out = rgb.slice();
  forEachHsvChunk(rgb, convert, (hsv, first) => {
    for (let p = 0, at = 3 * first; p < hsv.length; p += 3, at += 3) {
      if (hsv[p + 2]! > 85 && hsv[p + 1]! > 10) continue;
      out[at] = 255;
      out[at + 1] = 255;
      out[at + 2] = 255;
    }
  });
  return out;
}

/** Outside the mask every channel that is not 0 becomes 255, in place. */
export function paintOutsideWhite(rgb: Uint8Array, mask: Uint8Array): void {
  for (let i = 0, p = 0; i < mask.length; i++, p += 3) {
    if (mask[i]! !== 0) continue;
    for (let c = p; c < p + 3; c++) if (rgb[c]! !== 0) rgb[c] = 255;
  }
}

const [RED, GREEN, BLUE] = [0.2125, 0.7154, 0.0721].map((weight) =>
  Float64Array.from({ length: 256 }, (_, level) => weight * (level / 255)),
) as [Float64Array, Float64Array, Float64Array];

/** 1 below Otsu's threshold of scikit-image's grey (Rec. 709 weights, real numbers). */
export function selectDark(rgb: Uint8Array): Uint8Array {
  const grey = new Float64Array(rgb.length / 3);
  for (let i = 0, p = 0; i < grey.length; i++, p += 3)
    grey[i] = 255 * (RED[rgb[p]!]! + GREEN[rgb[p + 1]!]! + BLUE[rgb[p + 2]!]!);
  const threshold = computeOtsuOfFloats(grey);
  const mask = new Uint8Array(grey.length);
  for (let i = 0; i < grey.length; i++) if (grey[i]! < threshold) mask[i] = 1;
  return mask;
}
