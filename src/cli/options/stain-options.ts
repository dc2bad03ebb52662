import { checkStainOptions, type PatchStainOptions } from '../../preprocessing/extract-patches/stain-options.ts';
import {
  DEGENERATE_CHOICES,
  GLASS_CHOICES,
  IMPLAUSIBLE_CHOICES,
  STAIN_DEFAULTS,
  STAIN_METHODS,
  STAIN_SCOPES,
  TARGET_RULES,
} from '../../preprocessing/stain-normalization/options.ts';
import { OptionError } from '../../utils/errors.ts';
import { type OptionTable, type ParsedOptions, toFlag } from '../option-table.ts';
import { UsageError } from '../usage-error.ts';
import { checkWithFlags, dropUndefined, nameFlags } from './convert.ts';

const group = 'Stains:';

/** How stains are normalised: each is an option of `createStainNormalizer`, and of `extractPatches` in its `stain`. */
export const STAIN_OPTIONS = {
  stain: {
    type: 'string',
    choices: STAIN_METHODS,
    describe: "give pictures the colours of the target, by this method; macenko is torchstain's",
    group,
  },
  stainTarget: {
    type: 'strings',
    describe: 'whose colours they get: images, slides or profiles (.json)',
    default: "the method's own reference, where it has one",
    group,
  },
  stainTargetRule: {
    type: 'string',
    choices: TARGET_RULES,
    describe: 'several targets: the mean of their statistics, or the statistics of all their pixels together',
    default: STAIN_DEFAULTS.targetRule,
    group,
  },
  stainFit: {
    type: 'string',
    choices: STAIN_SCOPES,
    describe: 'whose stains are looked for: those of each picture, of its slide, or of all slides together',
    default: 'slide',
    group,
  },
  stainProfile: {
    type: 'string',
    describe: 'profile (.json) of what the pictures come from, in place of one made of the slide itself',
    group,
  },
  onDegenerate: {
    type: 'string',
    choices: DEGENERATE_CHOICES,
    describe: "pictures or slides whose stains can't be told: keep their colours and say so, or fail",
    default: STAIN_DEFAULTS.onDegenerate,
    group,
  },
  stainGlass: {
    type: 'string',
    choices: GLASS_CHOICES,
    describe: 'glass as the published method makes it, or kept as it is: white stays white',
    default: STAIN_DEFAULTS.glass,
    group,
  },
  stainImplausible: {
    type: 'string',
    choices: IMPLAUSIBLE_CHOICES,
    describe: 'stains that no dye has, as of green pen: used as published, or refused as if there were none',
    default: STAIN_DEFAULTS.implausible,
    group,
  },
  stainSeed: {
    type: 'number',
    describe: 'which pixels of a slide its stains are looked for in',
    default: STAIN_DEFAULTS.seed,
    group,
  },
} as const satisfies OptionTable;

export type StainArguments = ParsedOptions<typeof STAIN_OPTIONS>;

/** By the option of the library. */
const FLAGS = {
  method: 'stain',
  target: 'stainTarget',
  targetRule: 'stainTargetRule',
  fit: 'stainFit',
  source: 'stainProfile',
  glass: 'stainGlass',
  implausible: 'stainImplausible',
  seed: 'stainSeed',
} as const;

/** An error of a run, by its flag where it is one of these options. */
export function nameStainFlags(error: unknown): unknown {
  return error instanceof OptionError && error.option in FLAGS ? nameFlags(FLAGS, error) : error;
}

/** Undefined where `--stain` was not given. @throws UsageError, also where it was not given and another option of stains was */
export function toStainOptions(args: StainArguments): PatchStainOptions | undefined {
  const { stain: method, stainTarget, stainTargetRule: targetRule, stainFit: fit, stainProfile: source } = args;
  if (method === undefined) {
    const stray = Object.keys(STAIN_OPTIONS).find((key) => args[key as keyof typeof STAIN_OPTIONS] !== undefined);
    if (stray === undefined) return undefined;
    throw new UsageError(`${toFlag(stray)} says how stains are normalised, and they are not`, {
      hint: 'give --stain macenko, or another method',
    });
  }
  const target = stainTarget?.length === 1 ? stainTarget[0] : stainTarget;
  const { onDegenerate, stainGlass: glass, stainImplausible: implausible, stainSeed: seed } = args;
  const options: PatchStainOptions = {
    ...dropUndefined({ method, target, targetRule, fit, source, onDegenerate, glass, implausible, seed }),
  };
  checkWithFlags(FLAGS, () => checkStainOptions(options));
  if (source !== undefined && fit === 'patch')
    throw new UsageError(
      '--stain-profile says whose stains are taken away, and --stain-fit patch looks in each picture',
      {
        hint: 'leave one of them out',
      },
    );
  return options;
}
