/** How the patches of a slide are normalised, found before the first is cut. */
import { mkdir } from 'node:fs/promises';
import type { Slide } from '../../slide/slide.ts';
import { toOutputError } from '../../utils/output-error.ts';
import type { DegenerateChoice, GlassChoice, StainMethodName, StainScope } from '../stain-normalization/options.ts';
import type { DegenerateReason, StainStatistics } from '../stain-normalization/stain-method.ts';
import type { TissueMask } from '../tissue-detection/tissue-mask.ts';
import type { BadTilePolicy } from './run-options.ts';
import { checkStainOptions, type PatchStainOptions } from './stain-options.ts';

/** What decides the colours of patches. Plain data: it crosses threads, and is in the record of a run. */
export interface PatchStain {
  readonly method: StainMethodName;
  readonly fit: StainScope;
  readonly onDegenerate: DegenerateChoice;
  readonly glass: GlassChoice;
  readonly target: StainStatistics;
  /** Of the slide or the cohort; undefined where each patch has its own, and where `kept` says why there are none. */
  readonly source?: StainStatistics | undefined;
  /** Why the stains of slide or cohort can't be told: all patches keep their colours. */
  readonly kept?: DegenerateReason | undefined;
}

export interface StainFacts {
  /** Where tissue is, if it is known. */
  readonly mask?: TissueMask | undefined;
  /** Folder of the profile of the slide; none is kept without. */
  readonly cacheFolder?: string | undefined;
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
  const { createStainNormalizer, fitStainProfile } = await import('../stain-normalization.ts');
  const own = named === undefined && settings.fit === 'slide';
  const { method, seed, fit, onDegenerate, glass } = settings;
  const source = own ? await fitStainProfile(slide, { method, seed, ...(await toProfileOptions(facts)) }) : named;
  const { target, profile } = await createStainNormalizer({ ...settings, source });
  const { statistics, reason } = profile ?? {};
  if (!target.statistics) throw new TypeError('a normaliser has a target');
  const found = profile && (statistics ? { source: statistics } : { kept: reason ?? ('empty' as const) });
  return { method, fit, onDegenerate, glass, target: target.statistics, ...found };
}

async function toProfileOptions({ mask, cacheFolder, onBadTile, signal }: StainFacts) {
  if (cacheFolder !== undefined)
    await mkdir(cacheFolder, { recursive: true }).catch((cause: unknown) => {
      throw toOutputError(cacheFolder, cause);
    });
  return {
    cacheFolder,
    ...(mask && { mask }),
    ...(signal && { signal }),
    ...(onBadTile && onBadTile !== 'fail' && { onBadTile: () => {} }),
  };
}

/** What a user should know of it. */
export function listStainNotices({ kept }: PatchStain): string[] {
  return kept === undefined ? [] : [`the stains of the slide can't be told (${kept}): its patches keep their colours`];
}
