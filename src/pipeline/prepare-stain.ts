/** What stain normalisation needs before the patches of the first slide are cut: the target, and the stains of a cohort. */
import { join } from 'node:path';
import { fitSlideProfile } from '../preprocessing/extract-patches/patch-stain.ts';
import { checkStainOptions, type PatchStainOptions } from '../preprocessing/extract-patches/stain-options.ts';
import { identifyInput } from '../preprocessing/extract-patches.ts';
import { PROFILE_NAME, writeStainProfile } from '../preprocessing/stain-normalization/profiles/profile-file.ts';
import {
  combineProfiles,
  createProfile,
  type StainProfile,
} from '../preprocessing/stain-normalization/profiles/stain-profile.ts';
import { createStainNormalizer } from '../preprocessing/stain-normalization.ts';
import { openSlide } from '../slide/open-slide.ts';
import { isSlideloomError } from '../utils/errors.ts';
import { locateTissue } from './locate-tissue.ts';
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

export interface PreparedStain {
  /** For each slide. */
  readonly options: PatchStainOptions;
  /** By the id of a slide: why it has no say in a cohort. */
  readonly notices: ReadonlyMap<string, string>;
}

/**
 * Target and source are looked at once, and with `fit: 'cohort'` all slides are before the first is cut. Their profiles lie in
 * their folders, that of the cohort in the run's own. A slide that can't be read has no say.
 * @throws OptionError, StainError, OutputError; what opening and reading a target or a source throws; AbortedError
 */
export async function prepareStain(run: StainPreparation): Promise<PreparedStain | undefined> {
  if (!run.stain) return undefined;
  const stain = await resolveProfiles(run.stain);
  const { fit, source, method } = checkStainOptions(stain);
  const notices = new Map<string, string>();
  if (fit !== 'cohort' || source !== undefined) return { options: stain, notices };
  const profiles: StainProfile[] = [];
  for (const [index, input] of run.slides.entries()) {
    run.signal.throwIfAborted();
    const profile = await fitMember(run, input);
    if (typeof profile === 'string') notices.set(input.id, `it has no say in the stains of the cohort: ${profile}`);
    else profiles.push(profile);
    run.onFitted(index + 1);
  }
  const cohort = profiles.length === 0 ? createEmptyCohort(method) : combineProfiles(profiles);
  await writeStainProfile(join(run.out, PROFILE_NAME), cohort);
  return { options: { ...stain, source: cohort }, notices };
}

/**
 * With profiles for target and source, so that no slide asks for them again and what is wrong with them is told before the first.
 * @throws as `prepareStain`
 */
export async function resolveProfiles(stain: PatchStainOptions): Promise<PatchStainOptions> {
  const { fit, source, ...settings } = checkStainOptions(stain);
  const { target, profile } = await createStainNormalizer(
    source === undefined ? settings : { ...settings, source, fit },
  );
  return { ...stain, target, ...(profile && { source: profile, fit }) };
}

function createEmptyCohort(method: StainProfile['method']): StainProfile {
  const fit = { status: 'degenerate', reason: 'empty', pixels: 0, tissuePixels: 0 } as const;
  return createProfile(fit, { method, of: 'cohort' });
}

/** Or why the slide has none. @throws AbortedError */
async function fitMember(run: StainPreparation, input: SlideInput): Promise<StainProfile | string> {
  const { onBadTile, signal } = run;
  const folder = join(run.out, input.id);
  try {
    await using slide = await openSlide(input.address ?? input.path, mergeSlideOptions(run.slide, input));
    const settings = { folder: join(folder, STAGE_FOLDERS.tissue), onBadTile, signal };
    const options = (await locateTissue(run.tissue, input)) || undefined;
    const stage = { slide, input: await identifyInput(slide), options, ...settings };
    const found = run.tissue === false ? undefined : await runTissueStage(stage);
    const facts = { mask: found?.tissue.mask, cacheFolder: join(folder, STAGE_FOLDERS.patches), onBadTile, signal };
    return await fitSlideProfile(slide, checkStainOptions(run.stain ?? {}), facts);
  } catch (error) {
    if (isSlideloomError(error, 'aborted')) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}
