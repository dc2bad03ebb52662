/** Tissue is what has the stain's colour: inclusive ranges in OpenCV's 8-bit HSV, opened, then closed. */
import type { Raster } from '../../../io/raster.ts';
import { selectHsvRange } from '../kernels/color.ts';
import type { TissueSettings } from '../options.ts';
import { smooth } from '../smooth.ts';

export function segmentHsv(raster: Raster, settings: Pick<TissueSettings, 'kernelSize' | 'hsv'>): Uint8Array {
  const { hue, saturation, value } = settings.hsv;
  const data = selectHsvRange(raster.data, [hue[0], saturation[0], value[0]], [hue[1], saturation[1], value[1]]);
  return smooth({ width: raster.width, height: raster.height, data }, settings.kernelSize);
}
