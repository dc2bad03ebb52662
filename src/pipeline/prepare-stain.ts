/** What stain normalisation needs before the patches of the first slide are cut: the target, and the stains of a cohort. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkStainOptions, type PatchStainOptions } from '../preprocessing/extract-patches/stain-options.ts';
import { identifyInput } from '../preprocessing/extract-patches.ts';
import {
  findCachedProfile,
  PROFILE_NAME,
  writeStainProfile,
} from '../preprocessing/stain-normalization/profiles/profile-file.ts';
import { combineProfiles, type StainProfile } from '../preprocessing/stain-normalization/profiles/stain-profile.ts';
import { createStainNormalizer, fitStainProfile } from '../preprocessing/stain-normalization.ts';
import { openSlide } from '../slide/open-slide.ts';
import { isSlideloomError } from '../utils/errors.ts';
import { mergeSlideOptions, type SlideWork, STAGE_FOLDERS } from './run-slide.ts';
import type { SlideInput } from './slide-inputs.ts';
import { runTissueStage } from './tissue-stage.ts';

export interface StainPreparation extends SlideWork {
  readonly slides: readonly SlideInput[];
  /** Folder of the run. */
  readonly out: string;
  readonly signal: AbortSignal;
  /** Told how many slides' stains are known. */
  readonly onFitted: (slides: number) => void;
}

/**
 * The options for each slide: the target is looked at once, and with `fit: 'cohort'` all slides are before the first is cut. Their
 * profiles lie in their folders, that of the cohort in the run's own. A slide that can't be read has no say: it fails later.
 * @throws OptionError, StainError; what opening and reading a target throws; AbortedError
 */
export async function prepareStain(run: StainPreparation): Promise<PatchStainOptions | undefined> {
  if (!run.stain) return undefined;
  const stain = await resolveTarget(run.stain);
  const { fit, source } = checkStainOptions(stain);
  if (fit !== 'cohort' || source !== undefined) return stain;
  const profiles: StainProfile[] = [];
  for (const [index, input] of run.slides.entries()) {
    run.signal.throwIfAborted();
    const profile = await fitSlide(run, input);
    if (profile) profiles.push(profile);
    run.onFitted(index + 1);
  }
  if (profiles.length === 0) return { ...stain, source: [] };
  const cohort = combineProfiles(profiles);
  await keepProfile(join(run.out, PROFILE_NAME), cohort);
  return { ...stain, source: cohort };
}

/** A run that is done again leaves its files as they are. */
async function keepProfile(path: string, profile: StainProfile): Promise<void> {
  if (await findCachedProfile(path, profile)) return;
  await writeStainProfile(path, profile);
}

/** As a profile, so that no slide asks for it again. @throws as `prepareStain`, but nothing of slides */
export async function resolveTarget(stain: PatchStainOptions): Promise<PatchStainOptions> {
  const { method, target, targetRule, onDegenerate, seed } = checkStainOptions(stain);
  const normalizer = await createStainNormalizer({ method, target, targetRule, onDegenerate, seed });
  return { ...stain, target: normalizer.target };
}

/** Undefined where the slide fails. @throws AbortedError */
async function fitSlide(run: StainPreparation, input: SlideInput): Promise<StainProfile | undefined> {
  const { method, seed } = checkStainOptions(run.stain ?? {});
  const { onBadTile, signal } = run;
  const folder = join(run.out, input.id);
  try {
    await using slide = await openSlide(input.address ?? input.path, mergeSlideOptions(run.slide, input));
    const settings = { folder: join(folder, STAGE_FOLDERS.tissue), onBadTile, signal };
    const stage = { slide, input: await identifyInput(slide), options: run.tissue || undefined, ...settings };
    const found = run.tissue === false ? undefined : await runTissueStage(stage);
    const cacheFolder = join(folder, STAGE_FOLDERS.patches);
    await mkdir(cacheFolder, { recursive: true });
    const read = { signal, ...(onBadTile && onBadTile !== 'fail' && { onBadTile: () => {} }) };
    return await fitStainProfile(slide, {
      method,
      seed,
      cacheFolder,
      ...(found && { mask: found.tissue.mask }),
      ...read,
    });
  } catch (error) {
    if (isSlideloomError(error, 'aborted')) throw error;
    return undefined;
  }
}
