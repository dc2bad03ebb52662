/**
 * Tissue is darker than glass: Otsu's threshold of the grey levels, `grey <= threshold`, opened, then closed.
 *
 * Two guards that plain Otsu lacks. It always splits, so that noise on empty glass becomes "tissue": the two classes must
 * differ by `minContrast` grey levels in the mean. And scanners pad with black, which would drag the threshold down and
 * count as tissue: pixels with all channels <= 5 are left out of the histogram and of the mask.
 *
 * On a dark background tissue is brighter: the brightest of a pixel's channels is turned round first, as a luminance would all
 * but drop blue, the usual colour of nuclei. Black is then what surrounds tissue, and no padding.
 */
import type { Raster } from '../../../io/raster.ts';
import { type ColorConverter, createColorConverter } from '../color-converter.ts';
import { computeHistogram, computeOtsu } from '../kernels/histogram.ts';
import { leaveOutPadding, selectAtMost } from '../kernels/padding.ts';
import { turnBrightest } from '../kernels/turn-brightest.ts';
import type { TissueSettings } from '../options.ts';
import { smooth } from '../smooth.ts';

export interface OtsuMask {
  readonly data: Uint8Array;
  readonly threshold: number;
}

export function segmentOtsu(
  raster: Raster,
  settings: Pick<TissueSettings, 'kernelSize' | 'minContrast'> & Partial<Pick<TissueSettings, 'background'>>,
  colors: ColorConverter = createColorConverter(),
): OtsuMask {
  const { width, height, data: rgb } = raster;
  const dark = settings.background === 'dark';
  const grey = dark ? turnBrightest(rgb) : colors.computeGrey(rgb);
  const counts = computeHistogram(grey);
  if (!dark) leaveOutPadding(rgb, grey, counts);
  const { threshold, low, high } = computeOtsu(counts);
  if (high - low < settings.minContrast || high === low) return { data: new Uint8Array(grey.length), threshold };
  const data = selectAtMost(grey, threshold);
  return { data: smooth({ width, height, data }, settings.kernelSize), threshold };
}
