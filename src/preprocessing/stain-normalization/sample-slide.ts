/**
 * Pixels that stand for a slide: patches at random places of its tissue.
 * Memory: the patches (100 of 256 pixels take 20 MB) and what tissue detection holds.
 */
import type { ReadRegionOptions, Slide } from '../../slide/slide.ts';
import { OptionError } from '../../utils/errors.ts';
import { checkInteger, withDefaults } from '../../utils/options.ts';
import { createRandom } from '../../utils/random.ts';
import type { TissueMask } from '../tissue-detection/tissue-mask.ts';
import { detectTissue } from '../tissue-detection.ts';
import { listMarked } from './kernels/list-marked.ts';
import type { RgbPixels } from './stain-method.ts';

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
 * The patches one below the other; a picture without pixels where there is no tissue. Each is centred on a pixel of the
 * tissue mask and moved into the slide where it would stick out; what is smaller than a patch is taken whole.
 * @throws TileError and what `detectTissue` throws
 */
export async function sampleSlide(
  slide: Slide,
  { patches, patchSize, level, seed }: SampleSettings,
  options: SampleOptions = {},
): Promise<RgbPixels> {
  const mask = options.mask ?? (await findTissue(slide, options));
  const marked = listMarked(mask.data);
  const { width, height, downsample } = slide.levels[level] ??
    slide.levels[0] ?? { ...slide, downsample: { x: 1, y: 1 } };
  const [w, h] = [Math.min(patchSize, width), Math.min(patchSize, height)];
  if (marked.length === 0) return { width: w, height: 0, data: new Uint8Array(0) };
  const random = createRandom(seed);
  const data = new Uint8Array(patches * w * h * 3);
  for (let i = 0; i < patches; i++) {
    const at = marked[Math.floor(random() * marked.length)] ?? 0;
    const x = ((at % mask.width) + random()) * (mask.downsample.x / downsample.x);
    const y = (Math.floor(at / mask.width) + random()) * (mask.downsample.y / downsample.y);
    const left = Math.min(Math.max(0, Math.round(x - w / 2)), width - w);
    const top = Math.min(Math.max(0, Math.round(y - h / 2)), height - h);
    const region = { x: left * downsample.x, y: top * downsample.y, level, width: w, height: h };
    const raster = await slide.readRegion(region, getReadOptions(options));
    data.set(raster.data, i * w * h * 3);
  }
  return { width: w, height: patches * h, data };
}

/** Without a pixel size tissue is looked for in the coarsest level. */
async function findTissue(slide: Slide, options: SampleOptions): Promise<TissueMask> {
  const level = slide.mpp ? {} : { level: slide.levels.length - 1 };
  return (await detectTissue(slide, { ...level, ...getReadOptions(options) })).mask;
}

function getReadOptions({ signal, onBadTile }: SampleOptions): ReadRegionOptions {
  return { ...(signal && { signal }), ...(onBadTile && { onBadTile }) };
}
