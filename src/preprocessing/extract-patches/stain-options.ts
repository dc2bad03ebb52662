import { OptionError } from '../../utils/errors.ts';
import { checkMemoryMode } from '../../utils/memory-mode.ts';
import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';
import {
  DEGENERATE_CHOICES,
  GLASS_CHOICES,
  IMPLAUSIBLE_CHOICES,
  STAIN_DEFAULTS,
  STAIN_METHODS,
  STAIN_SCOPES,
  type StainScope,
  TARGET_RULES,
} from '../stain-normalization/options.ts';
import type { StainNormalizerOptions } from '../stain-normalization.ts';
import type { CheckedWriteOptions } from './run-options.ts';

/**
 * As of `createStainNormalizer`, but that without a `source` it is the slide itself whose stains are looked for: `fit` is then
 * `slide`, and each patch for itself with `fit: 'patch'`.
 */
export type PatchStainOptions = StainNormalizerOptions;

/** @throws OptionError */
export function checkStainOptions(given: PatchStainOptions) {
  const { source, target } = given;
  const scope: StainScope = Array.isArray(source) ? 'cohort' : 'slide';
  const settings = withDefaults({ ...STAIN_DEFAULTS, fit: scope }, given);
  const { method, targetRule, fit, onDegenerate, glass, implausible, seed } = settings;
  return {
    method: checkChoice('method', method, STAIN_METHODS),
    targetRule: checkChoice('targetRule', targetRule, TARGET_RULES),
    fit: checkChoice('fit', fit, STAIN_SCOPES),
    onDegenerate: checkChoice('onDegenerate', onDegenerate, DEGENERATE_CHOICES),
    glass: checkChoice('glass', glass, GLASS_CHOICES),
    implausible: checkChoice('implausible', implausible, IMPLAUSIBLE_CHOICES),
    seed: checkInteger('seed', seed),
    // Not told where nothing is kept: records and reports show what is there.
    ...(checkMemoryMode(given.mode) === 'naive' && { mode: 'naive' as const }),
    source,
    target,
  } satisfies PatchStainOptions;
}

export type CheckedStainOptions = ReturnType<typeof checkStainOptions>;

/** @throws OptionError where patches have no colours that could be normalised */
export function checkStainOutput({ format, depth }: Pick<CheckedWriteOptions, 'format' | 'depth'>): void {
  if (format === 'coordinates')
    throw new OptionError('format', 'one with pixels, as stains are to be normalised', format, {
      hint: 'choose png, jpeg or webp, or leave `stain` out',
    });
  if (depth === 16)
    throw new OptionError('depth', '8, as stains are to be normalised', depth, {
      hint: 'samples of a channel have no stains: leave `stain` out',
    });
}
