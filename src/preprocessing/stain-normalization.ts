/**
 * Stain normalisation: colours of one slide as those of another, so that a model sees tissue and not the laboratory.
 *
 * Memory: a transform holds its input and its output, and up to 24 bytes a pixel where each picture has its own stains; a profile of
 * a slide 20 MB of sampled pixels and as much again.
 */
import { StainError } from '../utils/errors.ts';
import { createTransform, type TransformPlan } from './stain-normalization/apply/create-transform.ts';
import { refuseImplausible } from './stain-normalization/fit/refuse-implausible.ts';
import { joinAlpha } from './stain-normalization/kernels/alpha.ts';
import { loadStainMethod } from './stain-normalization/methods.ts';
import { checkNormalizerOptions, type StainNormalizerOptions } from './stain-normalization/normalizer-options.ts';
import type { GlassChoice, ImplausibleChoice, StainMethodName, StainScope } from './stain-normalization/options.ts';
import { BETTER_TARGET, findSource, findTarget } from './stain-normalization/profiles/find-profiles.ts';
import { fitProfile, type ProfileOptions, type ProfileSource } from './stain-normalization/profiles/fit-profile.ts';
import type { StainProfile } from './stain-normalization/profiles/stain-profile.ts';
import { type StainImage, toRgbPixels } from './stain-normalization/stain-image.ts';
import type { DegenerateReason, PixelTransform, RgbPixels } from './stain-normalization/stain-method.ts';

export type { StainNormalizerOptions, StainTarget } from './stain-normalization/normalizer-options.ts';

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
  readonly glass: GlassChoice;
  readonly implausible: ImplausibleChoice;
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
  const settings = checkNormalizerOptions(options);
  const { method: name, onDegenerate, fit, glass, implausible, mode } = settings;
  const method = await loadStainMethod(name, mode);
  const target = await findTarget(settings);
  const profile = await findSource(settings);
  if (!target.statistics) throw new StainError(name, target.reason ?? 'empty', { hint: BETTER_TARGET });
  if (profile && !profile.statistics && onDegenerate === 'throw') throw new StainError(name, profile.reason ?? 'empty');
  const plan = { method, target: target.statistics, glass };
  const shared = profile?.statistics && createTransform(profile.statistics, plan);
  return {
    ...{ method: name, fit, glass, implausible, target, profile },
    transform(image) {
      const rgb = toRgbPixels(image);
      const found = profile ? (shared ?? profile.reason ?? 'empty') : findTransform(rgb, { ...plan, implausible });
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

function findTransform(
  rgb: RgbPixels,
  plan: TransformPlan & { implausible: ImplausibleChoice },
): PixelTransform | DegenerateReason {
  const fit = refuseImplausible(plan.method.fit(rgb), plan.implausible);
  return fit.status === 'fitted' ? createTransform(fit.statistics, plan) : fit.reason;
}

function apply(transform: PixelTransform, rgb: RgbPixels, image: StainImage): Uint8Array {
  const out = new Uint8Array(rgb.data.length);
  transform(rgb, out);
  if (image.channels !== 4) return out;
  const pixels = new Uint8Array(image.data.length);
  joinAlpha(out, image.data, pixels);
  return pixels;
}
