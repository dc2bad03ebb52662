import { checkNormalizerOptions } from '../../preprocessing/stain-normalization/normalizer-options.ts';
import type { StainNormalizerOptions } from '../../preprocessing/stain-normalization.ts';

/** Which colours stained slides are shown in beside their own: as of `createStainNormalizer`. */
export type ViewStainOptions = Pick<
  StainNormalizerOptions,
  'method' | 'target' | 'targetRule' | 'glass' | 'implausible' | 'seed'
>;

/** To be looked at: glass stays white. */
export const VIEW_STAIN_DEFAULTS = Object.freeze({ glass: 'keep' } as const);

/** @throws OptionError */
export function checkViewStain({ method, target, targetRule, glass, implausible, seed }: ViewStainOptions) {
  const given = { method, target, targetRule, glass: glass ?? VIEW_STAIN_DEFAULTS.glass, implausible, seed };
  return checkNormalizerOptions(given as StainNormalizerOptions);
}

export type CheckedViewStain = ReturnType<typeof checkViewStain>;
