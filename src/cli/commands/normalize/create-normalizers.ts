import { join } from 'node:path';
import { fitPictures } from '../../../preprocessing/normalize-files/fit-pictures.ts';
import { isPlausible } from '../../../preprocessing/stain-normalization/fit/refuse-implausible.ts';
import {
  combineProfiles,
  type StainProfile,
} from '../../../preprocessing/stain-normalization/profiles/stain-profile.ts';
import {
  createStainNormalizer,
  fitStainProfile,
  type StainNormalizer,
} from '../../../preprocessing/stain-normalization.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import type { Slide } from '../../../slide/slide.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { CommandContext } from '../../define-command.ts';
import { dropUndefined } from '../../options/convert.ts';
import type { NormalizeInput } from './find-pictures.ts';
import type { NormalizeSettings } from './normalize-settings.ts';

/** The normaliser of each input, made when it is asked for. */
export interface Normalizers {
  readonly target: StainProfile;
  forPicture(input: NormalizeInput): Promise<StainNormalizer>;
  /** @param slide `input`, opened. */
  forSlide(input: NormalizeInput, slide: Slide): Promise<StainNormalizer>;
}

interface Plan {
  readonly inputs: readonly NormalizeInput[];
  readonly settings: NormalizeSettings;
  /** Where profiles of slides are kept. */
  readonly cache: string | undefined;
  readonly context: CommandContext;
}

/** @throws OptionError, StainError for a target that can't be used; what reading it throws */
export async function createNormalizers(plan: Plan): Promise<Normalizers> {
  const { inputs, settings } = plan;
  const { method, targets, targetRule, source, onDegenerate, glass, implausible, seed } = settings;
  const how = { method, onDegenerate, glass, implausible };
  const fit = source === undefined ? settings.fit : 'slide';
  if (fit === 'patch' && inputs.some(({ kind }) => kind === 'slide'))
    throw new OptionError('--fit', 'slide or cohort for slides', fit, {
      hint: 'with stains of its own for each piece a slide would have seams',
    });
  const target = targets?.length === 1 ? targets[0] : targets;
  const single = await createStainNormalizer({ ...dropUndefined({ target, targetRule }), ...how, seed });
  const bind = (scope: 'slide' | 'cohort', profile: StainProfile | readonly StainProfile[]) =>
    createStainNormalizer({ ...how, target: single.target, source: profile, fit: scope });
  if (fit === 'patch') return { target: single.target, forPicture: async () => single, forSlide: async () => single };
  if (source !== undefined || fit === 'cohort') {
    const profile = source === undefined ? await fitCohort(plan) : await fitStainProfile(source, { method, seed });
    const shared = await bind(source === undefined ? 'cohort' : 'slide', source === undefined ? [profile] : profile);
    return { target: single.target, forPicture: async () => shared, forSlide: async () => shared };
  }
  const fitGroup = rememberLast((group) => fitPictures(listPaths(inputs, group), { method, seed }));
  return {
    target: single.target,
    forPicture: async ({ group }) => (fit === undefined ? single : bind('slide', await fitGroup(group))),
    forSlide: async (input, slide) => bind('slide', await fitSlide(plan, input, slide)),
  };
}

async function fitSlide(
  { settings, cache, context }: Plan,
  { name, path }: NormalizeInput,
  slide: Slide,
): Promise<StainProfile> {
  const { method, seed, convert } = settings;
  const { signal } = context;
  const read = { signal, ...(convert.onBadTile === 'white' && { onBadTile: () => {} }) };
  const cacheFolder = cache === undefined ? {} : { cacheFolder: join(cache, method, name) };
  const profile = await fitStainProfile(slide, { method, seed, ...read, ...cacheFolder });
  if (profile.statistics && !isPlausible(profile.statistics))
    context.log.warn(`${path}: no dye has stains like these; is there pen or ink on the tissue?`);
  return profile;
}

/** The mean of the profiles of all slides; the pictures of one folder are one. What can't be read fails later. */
async function fitCohort(plan: Plan): Promise<StainProfile> {
  const { inputs, settings, context } = plan;
  const { method, seed } = settings;
  const profiles: StainProfile[] = [];
  const groups = new Set(inputs.filter(({ kind }) => kind === 'picture').map(({ group }) => group));
  for (const group of groups) profiles.push(await fitPictures(listPaths(inputs, group), { method, seed }));
  for (const input of inputs) {
    context.signal.throwIfAborted();
    if (!input.slide) continue;
    const { path, address = path, mpp } = input.slide;
    try {
      await using slide = await openSlide(address, { ...settings.slide, mpp });
      profiles.push(await fitSlide(plan, input, slide));
    } catch (error) {
      context.signal.throwIfAborted();
      context.log.warn(`${path} has no say in the cohort: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (profiles.length === 0) throw new OptionError('inputs', 'at least one slide that can be read', inputs.length);
  return combineProfiles(profiles);
}

function listPaths(inputs: readonly NormalizeInput[], group: string): string[] {
  return inputs.filter((input) => input.kind === 'picture' && input.group === group).map(({ path }) => path);
}

/** Inputs come sorted, so that those of a group follow each other. */
function rememberLast<T>(make: (key: string) => Promise<T>): (key: string) => Promise<T> {
  let last: { key: string; made: Promise<T> } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, made: make(key) };
    return last.made;
  };
}
