/**
 * Pixels that stand for a slide: patches at random places of its tissue.
 * Memory: the patches (100 of 256 pixels take 20 MB), their tiles in the slide's cache, and what tissue detection holds.
 */
import type { ReadRegionOptions, Slide } from '../../../slide/slide.ts';
import { OptionError } from '../../../utils/errors.ts';
import { checkInteger, withDefaults } from '../../../utils/options.ts';
import { createRandom } from '../../../utils/random.ts';
import type { TissueMask } from '../../tissue-detection/tissue-mask.ts';
import { detectTissue } from '../../tissue-detection.ts';
import { countMarked, findMarked } from '../kernels/find-marked.ts';
import type { RgbPixels } from '../stain-method.ts';

export interface SampleOptions extends ReadRegionOptions {
  /** How many patches. */
  patches?: number;
  /** Side of a patch in pixels of the level. */
  patchSize?: number;
  /** The level they are read from; by default the coarsest with at most four level-0 pixels a pixel. */
  level?: number | undefined;
  /** The same seed takes the same patches. */
  seed?: number;
  /** Where the slide's tissue is, if it is known already. */
  mask?: TissueMask;
}

/** The reference configuration of the field: 100 patches of 256 pixels, seed 42. */
export const SAMPLE_DEFAULTS = Object.freeze({ patches: 100, patchSize: 256, level: undefined, seed: 42 } as const);

const MOST_DOWNSAMPLE = 4;
/** 192 MB of pixels. */
const MOST_PIXELS = 64_000_000;

/** Options with the level that a slide gives them; what a profile says of how it was made. */
export interface SampleSettings {
  readonly patches: number;
  readonly patchSize: number;
  readonly level: number;
  readonly seed: number;
}

/** @throws OptionError */
export function resolveSampleOptions(slide: Slide, options: SampleOptions = {}): SampleSettings {
  const { patches, patchSize, level, seed } = withDefaults(SAMPLE_DEFAULTS, options);
  checkInteger('patches', patches, { min: 1, max: 10_000 });
  checkInteger('patchSize', patchSize, { min: 16, max: 4096 });
  checkInteger('seed', seed);
  if (patches * patchSize ** 2 > MOST_PIXELS)
    throw new OptionError('patches', `no more than ${MOST_PIXELS} pixels in all patches`, patches * patchSize ** 2);
  if (level !== undefined) checkInteger('level', level, { min: 0, max: slide.levels.length - 1 });
  const coarsest = slide.levels.findLastIndex(({ downsample }) => downsample.x <= MOST_DOWNSAMPLE);
  return { patches, patchSize, level: level ?? Math.max(0, coarsest), seed };
}

/**
 * The patches one below the other; a picture without pixels where there is no tissue. Each lies about a pixel of the tissue mask,
 * on as few stored tiles as it can; what is smaller than a patch is taken whole. With `onBadTile` patches on such tiles are left out:
 * they are white there, and no glass.
 * @throws TileError and what `detectTissue` throws
 */
export async function sampleSlide(
  slide: Slide,
  settings: SampleSettings,
  options: SampleOptions = {},
): Promise<RgbPixels> {
  const mask = options.mask ?? (await findTissue(slide, options));
  const level = slide.levels[settings.level];
  if (!level) throw new RangeError(`a slide of ${slide.levels.length} levels has no level ${settings.level}`);
  const width = Math.min(settings.patchSize, level.width);
  const height = Math.min(settings.patchSize, level.height);
  const points = drawPoints(mask, settings);
  const bytes = width * height * 3;
  const data = new Uint8Array(points.length * bytes);
  let taken = 0;
  for (const point of points) {
    const x = placeOnTiles(point.x / level.downsample.x, width, { tile: level.tileWidth, end: level.width });
    const y = placeOnTiles(point.y / level.downsample.y, height, { tile: level.tileHeight, end: level.height });
    const corner = { x: x * level.downsample.x, y: y * level.downsample.y };
    let isSound = true;
    const reading = getReadOptions(options, () => {
      isSound = false;
    });
    const raster = await slide.readRegion({ ...corner, level: settings.level, width, height }, reading);
    if (isSound) data.set(raster.data, taken++ * bytes);
  }
  return { width, height: taken * height, data: data.subarray(0, taken * bytes) };
}

/** Level-0 points at random places of the tissue; none where there is none. */
function drawPoints(mask: TissueMask, { patches, seed }: SampleSettings): { x: number; y: number }[] {
  const count = countMarked(mask.data);
  if (count === 0) return [];
  const random = createRandom(seed);
  const draws = Array.from({ length: patches }, () => ({
    rank: Math.floor(random() * count),
    right: random(),
    down: random(),
  }));
  const found = findMarked(
    mask.data,
    draws.map(({ rank }) => rank),
  );
  return draws.map(({ right, down }, i) => {
    const at = found[i] ?? 0;
    const x = ((at % mask.width) + right) * mask.downsample.x;
    return { x, y: (Math.floor(at / mask.width) + down) * mask.downsample.y };
  });
}

/**
 * Where so many pixels begin that `centre` is one of, in the middle but for tiles: they lie within its tile, or where that is
 * shorter begin with one. So a slide in tiles of 256 is decoded a fourth as much. `end` is where the level ends.
 */
function placeOnTiles(centre: number, length: number, { tile, end }: { tile: number; end: number }): number {
  const middle = centre - length / 2;
  const first = Math.floor(centre / tile) * tile;
  const moved =
    tile < length ? Math.round(middle / tile) * tile : clamp(Math.round(middle), first, first + tile - length);
  return clamp(moved, 0, end - length);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}

/** Without a pixel size tissue is looked for in the coarsest level. */
async function findTissue(slide: Slide, options: SampleOptions): Promise<TissueMask> {
  const level = slide.mpp ? {} : { level: slide.levels.length - 1 };
  return (await detectTissue(slide, { ...level, ...getReadOptions(options) })).mask;
}

function getReadOptions({ signal, onBadTile }: SampleOptions, onBad = () => {}): ReadRegionOptions {
  if (!onBadTile) return { ...(signal && { signal }) };
  return {
    ...(signal && { signal }),
    onBadTile(error) {
      onBad();
      onBadTile(error);
    },
  };
}
