/** Profiles of pictures, slides and files. */
import { basename, extname, join } from 'node:path';
import { openSlide } from '../../../slide/open-slide.ts';
import type { Slide } from '../../../slide/slide.ts';
import { sha256 } from '../../../utils/hash.ts';
import { checkChoice, withDefaults } from '../../../utils/options.ts';
import type { TissueMask } from '../../tissue-detection/tissue-mask.ts';
import { loadStainMethod } from '../methods.ts';
import { STAIN_METHODS, type StainMethodName } from '../options.ts';
import { type StainImage, toRgbPixels } from '../stain-image.ts';
import type { RgbPixels } from '../stain-method.ts';
import { findCachedProfile, PROFILE_NAME, readStainProfile, writeStainProfile } from './profile-file.ts';
import { resolveSampleOptions, type SampleOptions, type SampleSettings, sampleSlide } from './sample-slide.ts';
import { createProfile, type ProfileInput, type StainProfile } from './stain-profile.ts';

export interface ProfileOptions extends SampleOptions {
  method?: StainMethodName;
  /** Folder of a slide's outputs: a profile of this very slide and these options is taken from it, else written to it. */
  cacheFolder?: string | undefined;
}

export const PROFILE_DEFAULTS = Object.freeze({ method: 'macenko' } as const);

/** What a profile can be made of: pixels, an open slide, or the path of a slide, an image or a profile. */
export type ProfileSource = StainImage | Slide | string;

/** Slides of a single level with no more pixels are taken whole: they are pictures. */
const WHOLE_PIXELS = 2 ** 22;

/**
 * A picture without stains is a result, not an error: a profile with status `degenerate`, and why.
 * @throws OptionError, SourceError, UnsupportedFormatError, TileError; OutputError where the profile can't be kept
 */
export async function fitProfile(source: ProfileSource, options: ProfileOptions = {}): Promise<StainProfile> {
  if (typeof source === 'string') {
    if (extname(source).toLowerCase() === '.json') return readStainProfile(source);
    await using slide = await openSlide(source);
    return await fitSlide(slide, options);
  }
  if (isSlide(source)) return fitSlide(source, options);
  const method = resolveMethod(options);
  const normaliser = await loadStainMethod(method);
  return createProfile(normaliser.fit(toRgbPixels(source)), { method, of: 'image' });
}

/** Pixels of a picture, or of a file that holds one; undefined for slides, of which only samples are read. */
export async function readPicture(source: ProfileSource): Promise<RgbPixels | undefined> {
  if (typeof source === 'string') {
    await using slide = await openSlide(source);
    return await readPicture(slide);
  }
  if (!isSlide(source)) return toRgbPixels(source);
  return isPicture(source) ? readWhole(source) : undefined;
}

function resolveMethod(options: ProfileOptions): StainMethodName {
  const { method } = withDefaults(PROFILE_DEFAULTS, options);
  return checkChoice<StainMethodName>('method', method, STAIN_METHODS);
}

async function fitSlide(slide: Slide, options: ProfileOptions): Promise<StainProfile> {
  const method = resolveMethod(options);
  const whole = isPicture(slide);
  const settings = resolveSampleOptions(slide, options);
  const origin = {
    method,
    of: whole ? ('image' as const) : ('slide' as const),
    inputs: [identify(slide)],
    parameters: { ...(whole ? {} : describeSample(settings, options)), ...describePixels(slide) },
  };
  const path = options.cacheFolder === undefined ? undefined : join(options.cacheFolder, PROFILE_NAME);
  const cached = path === undefined ? undefined : await findCachedProfile(path, origin);
  if (cached) return cached;
  const normaliser = await loadStainMethod(method);
  const pixels = whole ? await readWhole(slide) : await sampleSlide(slide, settings, options);
  const profile = createProfile(normaliser.fit(pixels), origin);
  if (path !== undefined) await writeStainProfile(path, profile);
  return profile;
}

function describeSample(settings: SampleSettings, { mask }: ProfileOptions) {
  return { ...settings, ...(mask && { mask: hashMask(mask) }) };
}

/** Which of its pixels an open slide shows, and in which colours. */
function describePixels({ icc, plane }: Slide) {
  return { ...(icc?.profile !== undefined && { icc }), ...(plane && { plane }) };
}

/** Another mask, or one that lies elsewhere, is another sample. */
function hashMask({ width, height, downsample: { x, y }, data }: TissueMask): string {
  return sha256(JSON.stringify([width, height, x, y, sha256(data)]));
}

async function readWhole(slide: Slide): Promise<RgbPixels> {
  const { width, height } = slide;
  const raster = await slide.readRegion({ x: 0, y: 0, level: 0, width, height });
  return toRgbPixels(raster);
}

function isPicture({ levels, width, height }: Slide): boolean {
  return levels.length === 1 && width * height <= WHOLE_PIXELS;
}

function identify({ name, identity: { size, mtimeMs, etag } }: Slide): ProfileInput {
  const known = { ...(mtimeMs !== undefined && { mtimeMs }), ...(etag !== undefined && { etag }) };
  return { name: basename(name), size, ...known };
}

export function isSlide(source: object): source is Slide {
  return 'readRegion' in source;
}
