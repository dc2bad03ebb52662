import type { Raster } from '../../io/raster.ts';
import type { ChannelRegion, ReadRegionOptions, Region, Slide } from '../../slide/slide.ts';

/** Gives RGB pixels other colours; depends on nothing but the pixel. Must not keep the raster. */
export type Recolor = (raster: Raster) => Raster;

export interface Recoloring {
  readonly recolor: Recolor;
  /** Reads a region in its new colours, by other threads. */
  readonly readRegion?: ((region: Region, options?: ReadRegionOptions) => Promise<Raster>) | undefined;
}

/**
 * The slide in other colours, which are found while it is read. Its profile is left out, since it described the old ones.
 * Pictures beside the scan, and single channels, are as they were. Closing it closes nothing: `slide` is its opener's.
 */
export function recolorSlide(slide: Slide, { recolor, readRegion: readRecolored }: Recoloring): Slide {
  const { name, format, openslide, width, height, levels, mpp, objectivePower, channels, plane, shown } = slide;
  const { background, properties, associatedImages, icc, identity, files } = slide;
  const facts = {
    ...{ name, format, openslide, width, height, levels, mpp, objectivePower, channels, plane, shown },
    ...{ properties, associatedImages, icc, identity, files, ...(background && { background }) },
    iccProfile: undefined,
  };
  function readRegion(region: ChannelRegion, options?: ReadRegionOptions): ReturnType<Slide['readRegion']>;
  function readRegion(region: Region, options?: ReadRegionOptions): Promise<Raster>;
  async function readRegion(region: Region | ChannelRegion, options?: ReadRegionOptions) {
    if ('channel' in region) return slide.readRegion(region, options);
    return readRecolored ? readRecolored(region, options) : recolor(await slide.readRegion(region, options));
  }
  return {
    ...facts,
    readRegion: readRegion as Slide['readRegion'],
    readRegionAtMpp: async (region, options) => recolor(await slide.readRegionAtMpp(region, options)),
    readRegionAtDownsample: async (region, options) => recolor(await slide.readRegionAtDownsample(region, options)),
    readChannelAtDownsample: (region, options) => slide.readChannelAtDownsample(region, options),
    readThumbnail: async (maxSize, options) => recolor(await slide.readThumbnail(maxSize, options)),
    readAssociatedImage: (image) => slide.readAssociatedImage(image),
    readTile: (level, col, row) => slide.readTile(level, col, row),
    getTileLayout: async (level) => slide.getTileLayout?.(level),
    close() {},
    [Symbol.dispose]() {},
    async [Symbol.asyncDispose]() {},
  };
}
