import type { SlideBacking } from './slide-format.ts';

/** The vendor's properties and, under OpenSlide's names, what every slide has: levels, pixel size, objective. */
export function createSlideProperties(format: string, backing: SlideBacking): ReadonlyMap<string, string> {
  const properties = new Map(backing.properties);
  properties.set('openslide.vendor', format);
  properties.set('openslide.level-count', String(backing.levels.length));
  backing.levels.forEach((level, index) => {
    const prefix = `openslide.level[${index}]`;
    properties.set(`${prefix}.width`, String(level.width));
    properties.set(`${prefix}.height`, String(level.height));
    properties.set(`${prefix}.tile-width`, String(level.tileWidth));
    properties.set(`${prefix}.tile-height`, String(level.tileHeight));
    // OpenSlide gives one figure for both axes: their mean.
    properties.set(`${prefix}.downsample`, String((level.downsample.x + level.downsample.y) / 2));
  });
  if (backing.mpp) {
    properties.set('openslide.mpp-x', String(backing.mpp.x));
    properties.set('openslide.mpp-y', String(backing.mpp.y));
  }
  if (backing.objectivePower) properties.set('openslide.objective-power', String(backing.objectivePower));
  return new Map([...properties].sort(([a], [b]) => (a < b ? -1 : 1)));
}
