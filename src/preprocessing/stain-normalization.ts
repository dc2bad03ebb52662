/**
 * Stain normalisation: colours of one slide as those of another, so that a model sees tissue and not the laboratory.
 *
 * Memory: a transform holds its input and its output, and up to 24 bytes a pixel where each picture has its own stains; a profile of
 * a slide 20 MB of sampled pixels and as much again.
 */
import { OptionError, StainError } from '../utils/errors.ts';
import { checkChoice, checkInteger, withDefaults } from '../utils/options.ts';
import { checkProfile } from './stain-normalization/check-profile.ts';
import { averageStatistics, poolPixels } from './stain-normalization/combine-fits.ts';
import {
  fitProfile,
  isSlide,
  type ProfileOptions,
  type ProfileSource,
  readPicture,
} from './stain-normalization/fit-profile.ts';
import { joinAlpha } from './stain-normalization/kernels/alpha.ts';
import { loadStainMethod } from './stain-normalization/methods.ts';
import {
  DEGENERATE_CHOICES,
  type DegenerateChoice,
  STAIN_DEFAULTS,
  STAIN_METHODS,
  STAIN_SCOPES,
  type StainMethodName,
  type StainScope,
  TARGET_RULES,
  type TargetRule,
} from './stain-normalization/options.ts';
import { type StainImage, toRgbPixels } from './stain-normalization/stain-image.ts';
import type {
  DegenerateReason,
  PixelTransform,
  RgbPixels,
  StainMethod,
  StainStatistics,
} from './stain-normalization/stain-method.ts';
import { combineProfiles, createProfile, type StainProfile } from './stain-normalization/stain-profile.ts';

export interface StainNormalizerOptions {
  method?: StainMethodName;
  /** Whose colours pictures get; by default the method's own reference, where it has one. */
  target?: StainTarget | readonly StainTarget[] | undefined;
  /** Several targets: the mean of their statistics, or the statistics of all their pixels. */
  targetRule?: TargetRule;
  /** Whose stains are looked for; by default `patch` without a source, `slide` with one, `cohort` with several. */
  fit?: StainScope | undefined;
  /** What pictures come from: their slide or its profile, or the profiles of all slides of the cohort. */
  source?: StainTarget | readonly StainProfile[] | undefined;
  onDegenerate?: DegenerateChoice;
  /** Which pixels of a slide are sampled. */
  seed?: number;
}

/** Pixels, an open slide, a profile, or the path of a slide, an image or a profile (`.json`). */
export type StainTarget = ProfileSource | StainProfile;

export interface NormalizedImage {
  /** Channels as those of the input, alpha unchanged. Never the input's own bytes. */
  readonly pixels: Uint8Array;
  /** `kept`: the same colours as before, since the stains can't be told; `reason` says why. */
  readonly status: 'normalized' | 'kept';
  readonly reason?: DegenerateReason;
}

export interface StainNormalizer {
  readonly method: StainMethodName;
  readonly fit: StainScope;
  /** Of the target. */
  readonly target: StainProfile;
  /** Of the slide or the cohort; undefined where each picture has its own. */
  readonly profile: StainProfile | undefined;
  /** @throws OptionError for what is no 8-bit RGB or RGBA picture; StainError with `onDegenerate: 'throw'` */
  transform(image: StainImage): NormalizedImage;
}

/**
 * @throws OptionError; StainError where the target's stains can't be told, or the source's with `onDegenerate: 'throw'`;
 *   what opening and reading a slide throws
 */
export async function createStainNormalizer(options: StainNormalizerOptions = {}): Promise<StainNormalizer> {
  const settings = resolveOptions(options);
  const method = await loadStainMethod(settings.method);
  const target = await findTarget(method, settings);
  const profile = await findSource(settings);
  if (!target.statistics) throw new StainError(settings.method, target.reason ?? 'empty', { hint: BETTER_TARGET });
  if (profile && !profile.statistics && settings.onDegenerate === 'throw')
    throw new StainError(settings.method, profile.reason ?? 'empty');
  const { method: name, onDegenerate, fit } = settings;
  const plan = { method, target: target.statistics };
  const shared = profile?.statistics && method.createTransform(profile.statistics, plan.target);
  return {
    ...{ method: name, fit, target, profile },
    transform(image) {
      const rgb = toRgbPixels(image);
      const found = profile ? (shared ?? profile.reason ?? 'empty') : findTransform(rgb, plan);
      if (typeof found === 'function') return { pixels: apply(found, rgb, image), status: 'normalized' };
      if (onDegenerate === 'throw') throw new StainError(name, found);
      return { pixels: Uint8Array.from(image.data), status: 'kept', reason: found };
    },
  };
}

/**
 * The profile of a picture, a slide or a file. A slide is known by patches from its tissue (`SampleOptions`); what has no
 * stains gives a profile with status `degenerate`.
 * @throws OptionError, SourceError, UnsupportedFormatError, TileError; OutputError where the profile can't be kept
 */
export function fitStainProfile(source: ProfileSource, options?: ProfileOptions): Promise<StainProfile> {
  return fitProfile(source, options);
}

const BETTER_TARGET = 'choose a target with more stained tissue, or leave `target` out for the built-in reference';

function resolveOptions(given: StainNormalizerOptions) {
  const { source } = given;
  const several = Array.isArray(source);
  const scope: StainScope = source === undefined ? 'patch' : several ? 'cohort' : 'slide';
  const settings = withDefaults({ ...STAIN_DEFAULTS, fit: scope }, given);
  const method = checkChoice<StainMethodName>('method', settings.method, STAIN_METHODS);
  const targetRule = checkChoice<TargetRule>('targetRule', settings.targetRule, TARGET_RULES);
  const fit = checkChoice<StainScope>('fit', settings.fit, STAIN_SCOPES);
  const onDegenerate = checkChoice<DegenerateChoice>('onDegenerate', settings.onDegenerate, DEGENERATE_CHOICES);
  const fits = fit === 'patch' ? source === undefined : source !== undefined && (fit === 'cohort' || !several);
  if (!fits)
    throw new OptionError('source', `${SOURCES[fit]} with fit: '${fit}'`, source, {
      hint: 'fitStainProfile makes the profile of a slide; give it as `source`',
    });
  const seed = checkInteger('seed', settings.seed);
  return { method, targetRule, fit, onDegenerate, seed, source, target: given.target };
}

const SOURCES = {
  patch: 'no source',
  slide: 'one slide or profile',
  cohort: 'the profiles of all slides',
} as const;

type Settings = ReturnType<typeof resolveOptions>;

async function findTarget(method: StainMethod, settings: Settings): Promise<StainProfile> {
  const { target, targetRule, method: name } = settings;
  if (target === undefined) return describeReference(method, name);
  const all = Array.isArray(target) ? (target as readonly StainTarget[]) : [target as StainTarget];
  const [only] = all;
  if (only === undefined) throw new OptionError('target', 'at least one target', all);
  if (all.length === 1) return findProfile(only, settings, 'target');
  if (targetRule === 'pool') {
    const pictures = await Promise.all(all.map(readTargetPicture));
    return createProfile(method.fit(poolPixels(method, pictures)), { method: name, of: 'cohort' });
  }
  const profiles: StainProfile[] = [];
  for (const one of all) profiles.push(await findProfile(one, settings, 'target'));
  const known = profiles.map(({ statistics, reason }) => {
    if (!statistics) throw new StainError(name, reason ?? 'empty', { hint: BETTER_TARGET });
    return statistics;
  });
  return { ...combineProfiles(profiles), statistics: averageStatistics(known) };
}

async function readTargetPicture(target: StainTarget): Promise<RgbPixels> {
  const picture = isProfile(target) ? undefined : await readPicture(target);
  if (picture) return picture;
  throw new OptionError('target', "pictures with targetRule: 'pool'", target, {
    hint: "slides and profiles have no pixels to pool: choose targetRule 'average'",
  });
}

function describeReference(method: StainMethod, name: StainMethodName): StainProfile {
  if (!method.reference)
    throw new OptionError('target', `a target for ${name}, which has no reference of its own`, undefined, {
      hint: 'give an image or slide whose colours you want',
    });
  const fit = { status: 'fitted', statistics: method.reference, pixels: 0, tissuePixels: 0 } as const;
  return createProfile(fit, { method: name, of: 'reference' });
}

async function findSource(settings: Settings): Promise<StainProfile | undefined> {
  const { source } = settings;
  if (source === undefined) return undefined;
  if (!Array.isArray(source)) return findProfile(source as StainTarget, settings, 'source');
  const profiles = source as readonly StainProfile[];
  if (profiles.length === 0) throw new OptionError('source', 'at least one profile', profiles);
  for (const profile of profiles) checkProfile(profile, settings.method, 'source');
  const cohort = combineProfiles(profiles);
  checkProfile(cohort, settings.method, 'source');
  return cohort;
}

async function findProfile(from: StainTarget, { method, seed }: Settings, option: string) {
  if (typeof from !== 'string' && (typeof from !== 'object' || from === null))
    throw new OptionError(option, 'pixels, an open slide, a profile or a path', from);
  const profile = isProfile(from) ? from : await fitProfile(from, { method, seed });
  checkProfile(profile, method, option);
  return profile;
}

function isProfile(from: StainTarget): from is StainProfile {
  return typeof from === 'object' && !isSlide(from) && 'schema' in from;
}

interface TransformPlan {
  readonly method: StainMethod;
  readonly target: StainStatistics;
}

function findTransform(rgb: RgbPixels, { method, target }: TransformPlan): PixelTransform | DegenerateReason {
  const fit = method.fit(rgb);
  return fit.status === 'fitted' ? method.createTransform(fit.statistics, target) : fit.reason;
}

function apply(transform: PixelTransform, rgb: RgbPixels, image: StainImage): Uint8Array {
  const out = new Uint8Array(rgb.data.length);
  transform(rgb, out);
  if (image.channels !== 4) return out;
  const pixels = new Uint8Array(image.data.length);
  joinAlpha(out, image.data, pixels);
  return pixels;
}
