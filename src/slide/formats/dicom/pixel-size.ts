import { TAG } from '../../../io/dicom/tags.ts';
import type { WsiImage } from './wsi-image.ts';

/**
 * Microns per pixel. PixelSpacing is in mm, and its first value is the distance between rows: y. Without it, the size of the
 * imaged volume, in mm, over the pixels of the image.
 */
export function readPixelSize({ values, width, height }: WsiImage): { x: number; y: number } | undefined {
  const [shared] = values.readItems(TAG.SharedFunctionalGroupsSequence);
  const [measures] = shared?.readItems(TAG.PixelMeasuresSequence) ?? [];
  const [y, x] = measures?.readDecimals(TAG.PixelSpacing) ?? [];
  if (x !== undefined && y !== undefined && x > 0 && y > 0) return { x: toMicrons(x), y: toMicrons(y) };
  const volume = { x: values.readFloat(TAG.ImagedVolumeWidth), y: values.readFloat(TAG.ImagedVolumeHeight) };
  if (volume.x === undefined || volume.y === undefined || !(volume.x > 0) || !(volume.y > 0)) return undefined;
  return { x: toMicrons(volume.x / width), y: toMicrons(volume.y / height) };
}

/** 0.000499 mm are 0.499 µm, not 0.49900000000000005. */
function toMicrons(millimetres: number): number {
  return Number((millimetres * 1000).toPrecision(12));
}
