import { formatDeepZoom } from '../../io/format-deep-zoom.ts';
import { MissingMppError, OptionError } from '../../utils/errors.ts';
import type { PictureLayerFacts, SlideFacts } from '../contract.ts';
import type { LevelLimits } from './options.ts';

/** A picture in the levels of Deep Zoom: level 0 is one pixel, the last the picture itself. Pixels. */
export interface Pyramid {
  readonly width: number;
  readonly height: number;
  readonly tileSize: number;
  readonly levels: number;
}

/** Columns and rows of a level. */
export function measureLevel({ width, height, tileSize, levels }: Pyramid, level: number) {
  const scale = 2 ** (levels - 1 - level);
  return {
    columns: Math.ceil(Math.ceil(width / scale) / tileSize),
    rows: Math.ceil(Math.ceil(height / scale) / tileSize),
  };
}

/**
 * Level-0 pixels for one of the finest level that is wanted, on the slide's scale.
 * @throws MissingMppError where the limit is in microns and the slide says nothing of its pixel size
 */
export function getFinestDownsample({ id, mpp }: SlideFacts, { finestMpp, finestDownsample }: LevelLimits): number {
  if (finestMpp === undefined) return finestDownsample ?? 1;
  if (!mpp) throw new MissingMppError(id, 'a limit in microns');
  return finestMpp / Math.sqrt(mpp.x * mpp.y);
}

/**
 * Facts of a slide as its export has them: `deepZoom.stored` lists the levels whose tiles are there, coarsest first.
 * @throws OptionError where nothing is left
 */
export function limitSlide(facts: SlideFacts, downsample: number, storedLevels: boolean): SlideFacts {
  const { deepZoom } = facts;
  const finest = deepZoom.levels - 1 - countDropped(downsample);
  if (finest < 0) throw new OptionError('finestDownsample', `less than the side of the slide ${facts.id}`, downsample);
  const all = Array.from({ length: finest + 1 }, (_, level) => level);
  const stored = deepZoom.stored.filter((level) => level <= finest);
  // Where none that coarse is stored, the finest one is made too.
  const coarsest = stored[0] ?? finest;
  const levels = storedLevels ? all.filter((level) => level <= coarsest || stored.includes(level)) : all;
  return { ...facts, deepZoom: { ...deepZoom, stored: levels } };
}

/** A layer no finer than the slide is wanted: a picture of so many pixels less. */
export function limitLayer(layer: PictureLayerFacts, downsample: number): PictureLayerFacts {
  const { width, height, levels } = layer;
  const own = Math.sqrt(layer.downsample.x * layer.downsample.y);
  const dropped = Math.min(levels - 1, countDropped(downsample / own));
  const scale = 2 ** dropped;
  return {
    ...layer,
    width: Math.ceil(width / scale),
    height: Math.ceil(height / scale),
    downsample: { x: layer.downsample.x * scale, y: layer.downsample.y * scale },
    levels: levels - dropped,
  };
}

/** A Deep Zoom descriptor for other viewers; undefined where levels are left out that these would ask for. */
export function describePyramid({ width, height, deepZoom }: SlideFacts): string | undefined {
  const { levels, stored, tileSize } = deepZoom;
  const finest = stored.at(-1) ?? 0;
  if (stored.length !== finest + 1) return undefined;
  const scale = 2 ** (levels - 1 - finest);
  // A picture of that size has these levels, by these numbers.
  return formatDeepZoom({
    width: Math.ceil(width / scale),
    height: Math.ceil(height / scale),
    tileSize,
    format: 'jpg',
  });
}

/** The finest levels that are left out: the first that stays is the one nearest to the downsample, by halves. */
function countDropped(downsample: number): number {
  return Math.max(0, Math.round(Math.log2(downsample)));
}
