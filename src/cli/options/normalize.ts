import { PICTURE_DEFAULTS, PICTURE_FORMATS } from '../../preprocessing/normalize-files/options.ts';
import {
  DEGENERATE_CHOICES,
  GLASS_CHOICES,
  IMPLAUSIBLE_CHOICES,
  STAIN_DEFAULTS,
  STAIN_METHODS,
  STAIN_SCOPES,
  TARGET_RULES,
} from '../../preprocessing/stain-normalization/options.ts';
import { CONVERT_OPTIONS } from '../commands/convert.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { SLIDE_OPTIONS } from './slide.ts';

const stains = 'Stains:';
const files = 'Files:';
const { layout, levels, compression, tileSize, onBadTile, stripAssociated, stripMetadata } = CONVERT_OPTIONS;

export const NORMALIZE_OPTIONS = {
  out: {
    type: 'string',
    describe: 'file to write; for several inputs, or where it is a folder, a folder',
    required: true,
    group: files,
    alias: 'o',
  },
  method: {
    type: 'string',
    choices: STAIN_METHODS,
    describe: "a published method by its name; macenko is torchstain's",
    default: STAIN_DEFAULTS.method,
    group: stains,
  },
  target: {
    type: 'strings',
    describe: "whose colours they get: images, slides or profiles (.json); default is the method's own reference",
    default: 'default',
    group: stains,
  },
  targetRule: {
    type: 'string',
    choices: TARGET_RULES,
    describe: 'several targets: the mean of their statistics, or the statistics of all their pixels together',
    default: STAIN_DEFAULTS.targetRule,
    group: stains,
  },
  fit: {
    type: 'string',
    choices: STAIN_SCOPES,
    describe:
      'whose stains are looked for: those of each picture; of the slide, where pictures of one folder are of one slide; or of ' +
      'all together',
    default: 'patch for pictures, slide for slides',
    group: stains,
  },
  source: {
    type: 'string',
    describe: 'the slide that all pictures come from, or its profile (.json), in place of looking into them',
    group: stains,
  },
  onDegenerate: {
    type: 'string',
    choices: DEGENERATE_CHOICES,
    describe: "pictures and slides whose stains can't be told: keep their colours and say so, or fail",
    default: STAIN_DEFAULTS.onDegenerate,
    group: stains,
  },
  glass: {
    type: 'string',
    choices: GLASS_CHOICES,
    describe: 'glass as the published method makes it, or kept as it is: white stays white',
    default: STAIN_DEFAULTS.glass,
    group: stains,
  },
  implausible: {
    type: 'string',
    choices: IMPLAUSIBLE_CHOICES,
    describe: 'stains that no dye has, as of green pen: used as published, or refused as if there were none',
    default: STAIN_DEFAULTS.implausible,
    group: stains,
  },
  seed: {
    type: 'number',
    describe: 'which patches a slide is known by; another seed, other patches',
    default: STAIN_DEFAULTS.seed,
    group: stains,
  },
  profileCache: {
    type: 'string',
    describe: 'folder that keeps the profiles of slides for later runs',
    default: 'stain-profiles/ in an output folder',
    group: stains,
  },
  format: {
    type: 'string',
    choices: PICTURE_FORMATS,
    describe: 'of pictures; slides are TIFF always',
    default: PICTURE_DEFAULTS.format,
    group: files,
  },
  quality: {
    type: 'number',
    describe: 'of JPEG pictures and tiles, 1 to 100',
    default: PICTURE_DEFAULTS.quality,
    group: files,
  },
  sheet: {
    type: 'string',
    describe: 'contact sheet (JPEG) of pictures and patches before and after; none writes none',
    default: 'contact-sheet.jpg in an output folder',
    group: files,
  },
  overwrite: { type: 'boolean', describe: 'replace files that this command did not write', group: files },
  ...{ layout, levels, compression, tileSize, onBadTile, stripAssociated, stripMetadata },
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

export type NormalizeArguments = ParsedOptions<typeof NORMALIZE_OPTIONS>;
