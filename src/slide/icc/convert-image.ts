import { convertRaster } from '../../io/icc/convert-raster.ts';
import { openSrgbConverter } from '../../io/icc/convert-to-srgb.ts';
import type { Raster } from '../../io/raster.ts';
import type { SlideSettings } from '../settings.ts';

/**
 * An associated image as the settings want it shown: in sRGB, where they ask for that and the image has a profile of its own.
 * That of the slide says nothing of a camera's picture. @throws IccError
 */
export async function convertImage(
  raster: Raster,
  profile: Uint8Array | undefined,
  { settings, name }: { settings: SlideSettings; name: string },
): Promise<Raster> {
  if (settings.icc === undefined || !profile) return raster;
  return convertRaster(raster, await openSrgbConverter(profile, name));
}
