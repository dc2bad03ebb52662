import { STAIN_DEFAULTS, STAIN_METHODS } from '../../preprocessing/stain-normalization/options.ts';
import { SAMPLE_DEFAULTS } from '../../preprocessing/stain-normalization/profiles/sample-slide.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { SLIDE_OPTIONS } from './slide.ts';

const group = 'Profiles:';

export const STAIN_PROFILE_OPTIONS = {
  out: {
    type: 'string',
    describe: 'file to write the profile to (.json); for several, or where it is a folder, a folder',
    group,
    alias: 'o',
  },
  method: {
    type: 'string',
    choices: STAIN_METHODS,
    describe: 'whose statistics are found; a profile that is read keeps its own',
    default: STAIN_DEFAULTS.method,
    group,
  },
  against: {
    type: 'string',
    describe: 'what the others are compared with: an image, slide or profile (.json)',
    default: "the method's own reference; else the first input",
    group,
  },
  cohort: { type: 'boolean', describe: 'add the mean of all, and write that one to --out', group },
  picture: {
    type: 'string',
    describe: 'picture of the stain vectors (.svg or .png): their plane, and each stain in its colour',
    group,
  },
  patches: {
    type: 'number',
    describe: 'patches that stand for a slide',
    default: SAMPLE_DEFAULTS.patches,
    group,
  },
  seed: {
    type: 'number',
    describe: 'which patches a slide is known by; another seed, other patches',
    default: STAIN_DEFAULTS.seed,
    group,
  },
  overwrite: { type: 'boolean', describe: 'replace profiles that are there', group },
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

export type StainProfileArguments = ParsedOptions<typeof STAIN_PROFILE_OPTIONS>;
