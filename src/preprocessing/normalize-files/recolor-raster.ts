import type { Raster } from '../../io/raster.ts';
import { StainError } from '../../utils/errors.ts';
import type { StainNormalizer } from '../stain-normalization.ts';

/** A piece of a slide takes its statistics from the slide, so that the normaliser has no reason to keep it. @throws StainError */
export function recolorRaster(normalizer: StainNormalizer, { width, height, channels, data }: Raster): Raster {
  const { pixels, status, reason } = normalizer.transform({ width, height, channels, data });
  if (status === 'kept') throw new StainError(normalizer.method, reason ?? 'empty');
  return { width, height, channels, data: pixels };
}
