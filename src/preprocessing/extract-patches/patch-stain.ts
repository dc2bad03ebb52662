/** How the patches of a slide are normalised, found before the first is cut. */
import { mkdir } from 'node:fs/promises';
import type { Slide } from '../../slide/slide.ts';
import type { MemoryMode } from '../../utils/memory-mode.ts';
import { toOutputError } from '../../utils/output-error.ts';
import { isPlausible } from '../stain-normalization/fit/refuse-implausible.ts';
import type {
  DegenerateChoice,
  GlassChoice,
  ImplausibleChoice,
  StainMethodName,
  StainScope,
} from '../stain-normalization/options.ts';
import type { StainProfile } from '../stain-normalization/profiles/stain-profile.ts';
import type { DegenerateReason, StainStatistics } from '../stain-normalization/stain-method.ts';
import type { TissueMask } from '../tissue-detection/tissue-mask.ts';
import type { BadTilePolicy } from './run-options.ts';
import { type CheckedStainOptions, checkStainOptions, type PatchStainOptions } from './stain-options.ts';

/** What decides the colours of patches. Plain data: it crosses threads, and is in the record of a run. */
export interface PatchStain {
  readonly method: StainMethodName;
  readonly fit: StainScope;
  readonly onDegenerate: DegenerateChoice;
  readonly glass: GlassChoice;
  readonly implausible: ImplausibleChoice;
  readonly target: StainStatistics;
  /** Of the slide or the cohort; undefined where each patch has its own, and where `kept` says why there are none. */
  readonly source?: StainStatistics | undefined;
  /** Why the stains of slide or cohort can't be told: all patches keep their colours. */
  readonly kept?: DegenerateReason | undefined;
  /** What is kept of a patch on the way; left out where nothing is. */
  readonly mode?: MemoryMode;
}

export interface StainFacts {
  /** Where tissue is, if it is known. */
  readonly mask?: TissueMask | undefined;
  /** Folder of the profile of the slide; none is kept without. */
  readonly cacheFolder?: string | undefined;
  /** False where it is known that there are none: then nothing is looked for, and nothing fails for want of tissue. */
  readonly hasPatches?: boolean | undefined;
  readonly onBadTile?: BadTilePolicy | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks for the stains of the slide, where neither a `source` is given nor each patch has its own.
 * @throws OptionError, StainError, TileError, OutputError; what opening and reading a target throws
 */
export async function resolvePatchStain(
  slide: Slide,
  given: PatchStainOptions,
  facts: StainFacts = {},
): Promise<PatchStain> {
  const { source: named, ...settings } = checkStainOptions(given);
  const { createStainNormalizer } = await import('../stain-normalization.ts');
  const own = named === undefined && settings.fit === 'slide';
  const { method, fit, onDegenerate, glass, implausible, mode } = settings;
  const idle = own && facts.hasPatches === false;
  const source = own && !idle ? await fitSlideProfile(slide, settings, facts) : named;
  const { target, profile } = await createStainNormalizer({ ...settings, source, fit: idle ? 'patch' : fit });
  if (!target.statistics) throw new TypeError('a normaliser has a target');
  const naive = mode === 'naive' ? { mode } : {};
  const plan = { method, fit, onDegenerate, glass, implausible, target: target.statistics, ...naive };
  if (idle) return { ...plan, kept: 'empty' };
  if (!profile) return plan;
  const { statistics, reason } = profile;
  return statistics ? { ...plan, source: statistics } : { ...plan, kept: reason ?? 'empty' };
}

/**
 * The profile of a slide, from the folder of its patches where it lies there already.
 * @throws TileError, OutputError
 */
export async function fitSlideProfile(
  slide: Slide,
  { method, seed }: Pick<CheckedStainOptions, 'method' | 'seed'>,
  { mask, cacheFolder, onBadTile, signal }: StainFacts,
): Promise<StainProfile> {
  const { fitStainProfile } = await import('../stain-normalization.ts');
  if (cacheFolder !== undefined)
    await mkdir(cacheFolder, { recursive: true }).catch((cause: unknown) => {
      throw toOutputError(cacheFolder, cause);
    });
  return fitStainProfile(slide, {
    ...{ method, seed, cacheFolder },
    ...(mask && { mask }),
    ...(signal && { signal }),
    // A sample of the slide goes without such tiles; those of patches are told when these are cut.
    ...(onBadTile && onBadTile !== 'fail' && { onBadTile: () => {} }),
  });
}

/** What a user should know of it. */
export function listStainNotices({ kept, source }: PatchStain): string[] {
  if (kept !== undefined) return [`the stains of the slide can't be told (${kept}): its patches keep their colours`];
  return source === undefined || isPlausible(source)
    ? []
    : ['no dye has stains like those of the slide: there may be pen or ink on its tissue'];
}
