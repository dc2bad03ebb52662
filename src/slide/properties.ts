import type { SlideBacking } from './slide-format.ts';

/**
 * The vendor's properties and, under OpenSlide's names, what every slide has: levels, pixel size, objective. Where OpenSlide
 * reads the slide its own words stand, and only a pixel size that it does not give, or that the user gave, is put to them.
 */
export function createSlideProperties(format: string, backing: SlideBacking): ReadonlyMap<string, string> {
  const { mpp, objectivePower, openslide } = backing;
  const properties = new Map(backing.properties);
  if (!openslide) {
    describeLevels(properties, format, backing);
    if (objectivePower) properties.set('openslide.objective-power', String(objectivePower));
  }
  if (mpp && !(openslide && mpp.source === 'metadata')) {
    properties.set('openslide.mpp-x', String(mpp.x));
    properties.set('openslide.mpp-y', String(mpp.y));
  }
  return new Map([...properties].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describeLevels(properties: Map<string, string>, format: string, { levels }: SlideBacking): void {
  properties.set('openslide.vendor', format);
  properties.set('openslide.level-count', String(levels.length));
  levels.forEach((level, index) => {
    const prefix = `openslide.level[${index}]`;
    properties.set(`${prefix}.width`, String(level.width));
    properties.set(`${prefix}.height`, String(level.height));
    properties.set(`${prefix}.tile-width`, String(level.tileWidth));
    properties.set(`${prefix}.tile-height`, String(level.tileHeight));
    // OpenSlide gives one figure for both axes: their mean.
    properties.set(`${prefix}.downsample`, String((level.downsample.x + level.downsample.y) / 2));
  });
}
