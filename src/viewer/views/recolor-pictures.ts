import type { Raster } from '../../io/raster.ts';
import { recolorRaster } from '../../preprocessing/normalize-files/recolor-raster.ts';
import { createStainNormalizer, type StainNormalizer } from '../../preprocessing/stain-normalization.ts';
import type { StainColors } from './stain-plan.ts';

/** Normalisers that are kept: a few slides are looked at at a time. */
const MAX_KEPT = 16;

/** Gives pictures of a slide the target's colours: pixel by pixel, so that tiles have no seams. */
export type RecolorPicture = (raster: Raster, colors: StainColors) => Promise<Raster>;

/** For one thread; memory: some 10 KiB of tables for each normaliser. @throws StainError for a slide without stains */
export function createRecoloring(): RecolorPicture {
  const kept = new Map<string, Promise<StainNormalizer>>();

  function getNormalizer(colors: StainColors): Promise<StainNormalizer> {
    const key = JSON.stringify(colors);
    const found = kept.get(key) ?? createStainNormalizer({ ...colors, fit: 'slide' });
    kept.delete(key);
    kept.set(key, found);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return found;
  }

  return async (raster, colors) => recolorRaster(await getNormalizer(colors), raster);
}
