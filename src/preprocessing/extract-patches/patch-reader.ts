import type { Raster } from '../../io/raster.ts';
import { openReducedLevel } from '../../slide/band/reduced-level.ts';
import { readLevelWindow } from '../../slide/read-region.ts';
import { averageTiles } from '../../slide/read-resampled.ts';
import type { ReadRegionOptions, Region, Slide } from '../../slide/slide.ts';
import type { PatchPlan } from './patch-plan.ts';
import { describeSampling, getPatchWindow, type PatchSampling } from './patch-sampling.ts';

/** Reads patches one by one, as regions; the slide stays the caller's. */
export interface PatchReader extends Pick<Slide, 'readRegionAtDownsample'>, Disposable {
  readRegion(region: Region, options?: ReadRegionOptions): Promise<Raster>;
}

/** The reader of a plan's patches: the slide itself, or a reduced level of it where the plan allows and can have one. */
export async function openPatchReader(slide: Slide, plan: PatchPlan): Promise<PatchReader> {
  return openSampledReader(slide, plan.options.fastDownsample ? await describeSampling(slide, plan) : undefined);
}

/** As `openPatchReader`, for a sampling that is known. The pixels are those of a band. */
export function openSampledReader(slide: Slide, sampling: PatchSampling | undefined): PatchReader {
  const readRegion: PatchReader['readRegion'] = (region, options) => slide.readRegion(region, options);
  if (!sampling?.layout.reduction) {
    return {
      readRegion,
      readRegionAtDownsample: (region, options) => slide.readRegionAtDownsample(region, options),
      [Symbol.dispose]() {},
    };
  }
  const { level } = sampling.layout;
  const reduced = openReducedLevel(sampling.layout, { name: slide.name, downsample: sampling.downsample });
  return {
    readRegion,
    async readRegionAtDownsample(region, options) {
      const { width, height } = region;
      const { step, ...window } = getPatchWindow(sampling, region, width);
      if (!step) return readLevelWindow(reduced.reader, { ...window, level }, options);
      const corner = { x: window.x + window.offsetX, y: window.y + window.offsetY };
      return averageTiles(reduced.reader, { level, corner, step, width, height }, options);
    },
    [Symbol.dispose]() {
      reduced[Symbol.dispose]();
    },
  };
}
