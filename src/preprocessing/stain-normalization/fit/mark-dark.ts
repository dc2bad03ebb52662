/** Tissue as StainTools and tiatoolbox see it: whatever is darker than 0.8 of white in L*. */

import { computeBytePercentile, countBytes } from '../kernels/byte-percentile.ts';
import { computeLightness } from '../kernels/opencv-lightness.ts';
import type { MarkedPixels } from './fit-macenko.ts';

const THRESHOLD = 0.8;
/** The last L* (0..255) below the threshold. */
const DARKEST_GLASS = Math.ceil(THRESHOLD * 255);
const STRETCH = [2, 98] as const;

/** With `stretch`, of the picture with its contrast drawn out (tiatoolbox). */
export function markDark(rgb: Uint8Array, { stretch }: { readonly stretch: boolean }): MarkedPixels {
  const mask = new Uint8Array(rgb.length / 3);
  computeLightness(rgb, stretch ? createStretch(rgb) : IDENTITY, mask);
  let tissuePixels = 0;
  for (const [i, lightness] of mask.entries()) {
    const dark = lightness < DARKEST_GLASS ? 1 : 0;
    mask[i] = dark;
    tissuePixels += dark;
  }
  return { mask, tissuePixels };
}

const IDENTITY = Uint8Array.from({ length: 256 }, (_, v) => v);

/**
 * What each grey level becomes when the 2nd to the 98th percentile, over all channels together, are drawn out to 0..255
 * and truncated: scikit-image's `rescale_intensity` as tiatoolbox's `contrast_enhancer` calls it.
 */
export function createStretch(rgb: Uint8Array): Uint8Array {
  const counts = countBytes(rgb);
  let low = computeBytePercentile(counts, STRETCH[0]);
  let high = computeBytePercentile(counts, STRETCH[1]);
  if (low >= high) {
    low = counts.findIndex((count) => count > 0);
    high = counts.findLastIndex((count) => count > 0);
  }
  if (low >= high) return IDENTITY;
  return Uint8Array.from({ length: 256 }, (_, v) => ((Math.min(Math.max(v, low), high) - low) / (high - low)) * 255);
}
