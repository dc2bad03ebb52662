/** The profiles that a normaliser works with: of its target, and of what pictures come from. */
import { OptionError, StainError } from '../../../utils/errors.ts';
import { loadStainMethod } from '../methods.ts';
import type { NormalizerSettings, StainTarget } from '../normalizer-options.ts';
import type { RgbPixels } from '../stain-method.ts';
import { checkProfile } from './check-profile.ts';
import { averageStatistics, poolPixels } from './combine-fits.ts';
import { fitProfile, isSlide, readPicture } from './fit-profile.ts';
import { combineProfiles, createProfile, refuseProfile, type StainProfile } from './stain-profile.ts';

export const BETTER_TARGET = 'choose a target with more stained tissue, or none for the built-in reference';

/** @throws OptionError; StainError where the stains of one of several targets can't be told; what reading a target throws */
export async function findTarget(settings: NormalizerSettings): Promise<StainProfile> {
  return refuseProfile(await findAnyTarget(settings), settings.implausible);
}

async function findAnyTarget(settings: NormalizerSettings): Promise<StainProfile> {
  const { target, targetRule, method: name } = settings;
  if (target === undefined) return describeReference(settings);
  const all = Array.isArray(target) ? (target as readonly StainTarget[]) : [target as StainTarget];
  const [only] = all;
  if (only === undefined) throw new OptionError('target', 'at least one target', all);
  if (all.length === 1) return findProfile(only, settings, 'target');
  if (targetRule === 'pool') {
    const method = await loadStainMethod(name);
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

/** Undefined where each picture has its own. @throws OptionError; what reading a slide throws */
export async function findSource(settings: NormalizerSettings): Promise<StainProfile | undefined> {
  const found = await findAnySource(settings);
  return found && refuseProfile(found, settings.implausible);
}

async function findAnySource(settings: NormalizerSettings): Promise<StainProfile | undefined> {
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

async function readTargetPicture(target: StainTarget): Promise<RgbPixels> {
  const picture = isProfile(target) ? undefined : await readPicture(target);
  if (picture) return picture;
  throw new OptionError('target', "pictures with targetRule: 'pool'", target, {
    hint: "slides and profiles have no pixels to pool: choose targetRule 'average'",
  });
}

async function describeReference({ method: name }: NormalizerSettings): Promise<StainProfile> {
  const { reference } = await loadStainMethod(name);
  if (!reference)
    throw new OptionError('target', `a target for ${name}, which has no reference of its own`, undefined, {
      hint: 'give an image or slide whose colours you want',
    });
  const fit = { status: 'fitted', statistics: reference, pixels: 0, tissuePixels: 0 } as const;
  return createProfile(fit, { method: name, of: 'reference' });
}

async function findProfile(from: StainTarget, { method, seed }: NormalizerSettings, option: string) {
  if (typeof from !== 'string' && (typeof from !== 'object' || from === null))
    throw new OptionError(option, 'pixels, an open slide, a profile or a path', from);
  const profile = isProfile(from) ? from : await fitProfile(from, { method, seed });
  checkProfile(profile, method, option);
  return profile;
}

function isProfile(from: StainTarget): from is StainProfile {
  return typeof from === 'object' && !isSlide(from) && 'schema' in from;
}
