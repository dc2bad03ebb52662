/** Tissue is what has the stain's colour: inclusive ranges in OpenCV's 8-bit HSV, opened, then closed. */
import type { Raster } from '../../../io/raster.ts';
import { type ColorConverter, createColorConverter } from '../color-converter.ts';
import { selectHsvRange } from '../kernels/hsv-range.ts';
import type { TissueSettings } from '../options.ts';
import { smooth } from '../smooth.ts';

export function segmentHsv(
  raster: Raster,
  settings: Pick<TissueSettings, 'kernelSize' | 'hsv'>,
  colors: ColorConverter = createColorConverter(),
): Uint8Array {
  const { hue, saturation, value } = settings.hsv;
  const range = { low: [hue[0], saturation[0], value[0]], high: [hue[1], saturation[1], value[1]] } as const;
  const data = selectHsvRange(raster.data, range, colors.computeHsv);
  return smooth({ width: raster.width, height: raster.height, data }, settings.kernelSize);
}
