import {
  CLAM_PRESETS,
  type ClamParameters,
  type ClamPreset,
} from '../../preprocessing/tissue-detection/methods/clam-parameters.ts';
import {
  COMBINE_RULES,
  type CombineParameters,
} from '../../preprocessing/tissue-detection/methods/combine-parameters.ts';
import {
  HSV_PRESETS,
  type HsvPreset,
  type HsvRanges,
} from '../../preprocessing/tissue-detection/methods/hsv-ranges.ts';
import { PIXEL_METHODS, TISSUE_METHODS } from '../../preprocessing/tissue-detection/methods.ts';
import {
  MISSING_POLYGON_POLICIES,
  resolveTissueOptions,
  TISSUE_BACKGROUNDS,
  TISSUE_DEFAULTS,
  type TissueOptions,
} from '../../preprocessing/tissue-detection/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags, dropUndefined } from './convert.ts';

const group = 'Tissue:';
const hsvGroup = 'Tissue, method hsv:';
const clamGroup = 'Tissue, method clam:';
const combineGroup = 'Tissue, method combine:';
const preset = 'by preset';

/** How tissue is found. Each is an option of `detectTissue`; those of `clam` and `combine` carry their name in front. */
export const TISSUE_OPTIONS = {
  tissuePolygons: {
    type: 'string',
    describe:
      'annotations whose regions are the tissue, whatever their class, and nothing is looked for: a file, a folder of files with ' +
      "the slides' names, or a path with {stem} in place of the name",
    group,
  },
  onMissingPolygons: {
    type: 'string',
    choices: MISSING_POLYGON_POLICIES,
    describe: 'a slide without such a file: fail, or look for its tissue',
    default: 'fail',
    group,
  },
  method: {
    type: 'string',
    choices: TISSUE_METHODS,
    describe: 'how tissue is told from glass; on a dark background `otsu` is the default',
    default: TISSUE_DEFAULTS.method,
    group,
  },
  background: {
    type: 'string',
    choices: TISSUE_BACKGROUNDS,
    describe: 'what tissue stands out from; `auto` is dark for channels of fluorescence, bright for all else',
    default: TISSUE_DEFAULTS.background,
    group,
  },
  tissueMpp: {
    type: 'number',
    describe: 'microns per mask pixel to work at; the nearest level is taken where one is within a factor of 2',
    default: TISSUE_DEFAULTS.mpp,
    group,
  },
  tissueLevel: {
    type: 'string',
    describe: "work on exactly this level (from 0), or `clam` for CLAM's own choice, in place of --tissue-mpp",
    group,
  },
  maxPixels: { type: 'number', describe: 'never work on more pixels', default: TISSUE_DEFAULTS.maxPixels, group },
  kernelSize: {
    type: 'number',
    describe: 'otsu, hsv: mask pixels across the ellipse that smooths the mask; 0 for none',
    default: TISSUE_DEFAULTS.kernelSize,
    group,
  },
  minContrast: {
    type: 'number',
    describe:
      'otsu: grey levels (0 to 255) by which tissue must be darker than glass (or brighter, if that is dark) in the mean',
    default: TISSUE_DEFAULTS.minContrast,
    group,
  },
  minAreaUm2: {
    type: 'number',
    describe: 'otsu, hsv, combine: smaller pieces are dropped, µm²',
    default: TISSUE_DEFAULTS.minAreaUm2,
    group,
  },
  minAreaPixels: { type: 'number', describe: 'the same in mask pixels, in place of µm²', group },
  minHoleUm2: {
    type: 'number',
    describe: 'otsu, hsv, combine: smaller holes are filled, µm²',
    default: TISSUE_DEFAULTS.minHoleUm2,
    group,
  },
  minHolePixels: { type: 'number', describe: 'the same in mask pixels, in place of µm²', group },
  hsvPreset: {
    type: 'string',
    choices: Object.keys(HSV_PRESETS) as HsvPreset[],
    describe: 'colours that count as tissue',
    default: TISSUE_DEFAULTS.hsvPreset,
    group: hsvGroup,
  },
  hsvHue: { type: 'numbers', describe: 'low,high hue, 0 to 180 half degrees', default: preset, group: hsvGroup },
  hsvSaturation: { type: 'numbers', describe: 'low,high saturation, 0 to 255', default: preset, group: hsvGroup },
  hsvValue: { type: 'numbers', describe: 'low,high value, 0 to 255', default: preset, group: hsvGroup },
  clamPreset: {
    type: 'string',
    choices: Object.keys(CLAM_PRESETS) as ClamPreset[],
    describe: "a set of CLAM's parameters; the options below replace single ones",
    default: TISSUE_DEFAULTS.clamPreset,
    group: clamGroup,
  },
  clamSaturationThreshold: {
    type: 'number',
    describe: 'saturation above which a pixel counts, 0 to 255 (sthresh)',
    default: preset,
    group: clamGroup,
  },
  clamMedianSize: {
    type: 'number',
    describe: 'median window, mask pixels, odd (mthresh)',
    default: preset,
    group: clamGroup,
  },
  clamCloseSize: {
    type: 'number',
    describe: 'closing kernel, mask pixels, 0 for none (close)',
    default: preset,
    group: clamGroup,
  },
  clamOtsu: {
    type: 'boolean',
    describe: "Otsu's threshold in place of the fixed one (use_otsu)",
    default: preset,
    group: clamGroup,
  },
  clamMinTissueArea: {
    type: 'number',
    describe: 'a piece must be larger than so many reference patches (a_t)',
    default: preset,
    group: clamGroup,
  },
  clamMinHoleArea: {
    type: 'number',
    describe: 'a hole must be larger than so many reference patches, or it is filled (a_h)',
    default: preset,
    group: clamGroup,
  },
  clamMaxHoles: {
    type: 'number',
    describe: 'only the largest so many holes of a piece (max_n_holes)',
    default: preset,
    group: clamGroup,
  },
  clamReferencePatchSize: {
    type: 'number',
    describe: 'side of a reference patch, level-0 pixels (ref_patch_size)',
    default: preset,
    group: clamGroup,
  },
  combineMethods: {
    type: 'strings',
    choices: PIXEL_METHODS,
    describe: 'methods whose masks are combined, commas between',
    default: TISSUE_DEFAULTS.combine.methods,
    group: combineGroup,
  },
  combineRule: {
    type: 'string',
    choices: COMBINE_RULES,
    describe: 'what makes a pixel tissue',
    default: TISSUE_DEFAULTS.combine.rule,
    group: combineGroup,
  },
  combineK: {
    type: 'number',
    describe: 'majority: masks that must agree',
    default: 'more than half',
    group: combineGroup,
  },
  combineWeights: {
    type: 'numbers',
    describe: 'weighted: one weight a method, commas between',
    default: 'all the same',
    group: combineGroup,
  },
} as const satisfies OptionTable;

type TissueArguments = ParsedOptions<typeof TISSUE_OPTIONS>;

/** For `detectTissue`; what was not given is left out. @throws UsageError */
export function toTissueOptions(args: TissueArguments): TissueOptions {
  const { method, background, maxPixels, kernelSize, minContrast, hsvPreset, clamPreset } = args;
  const { minAreaUm2, minAreaPixels, minHoleUm2, minHolePixels } = args;
  const simple = { method, background, maxPixels, kernelSize, minContrast, hsvPreset, clamPreset };
  const areas = { minAreaUm2, minAreaPixels, minHoleUm2, minHolePixels };
  const options: TissueOptions = {
    ...dropUndefined({
      ...simple,
      ...areas,
      polygons: args.tissuePolygons,
      onMissingPolygons: args.onMissingPolygons,
      mpp: args.tissueMpp,
      level: toLevel(args.tissueLevel),
      hsv: toHsv(args),
      clam: toClam(args),
      combine: toCombine(args),
    }),
  };
  checkWithFlags({ polygons: 'tissuePolygons', mpp: 'tissueMpp', level: 'tissueLevel' }, () =>
    resolveTissueOptions(options),
  );
  return options;
}

/** What is no number becomes NaN, which the library's check refuses. */
function toLevel(level: string | undefined): number | 'clam' | undefined {
  return level === undefined || level === 'clam' ? level : Number(level);
}

function toHsv({ hsvHue, hsvSaturation, hsvValue }: TissueArguments): Partial<HsvRanges> | undefined {
  // The library checks that each is a pair.
  const ranges = dropUndefined({ hue: hsvHue, saturation: hsvSaturation, value: hsvValue });
  return ranges as Partial<HsvRanges> | undefined;
}

function toClam(args: TissueArguments): Partial<ClamParameters> | undefined {
  return dropUndefined({
    saturationThreshold: args.clamSaturationThreshold,
    medianSize: args.clamMedianSize,
    closeSize: args.clamCloseSize,
    otsu: args.clamOtsu,
    minTissueArea: args.clamMinTissueArea,
    minHoleArea: args.clamMinHoleArea,
    maxHoles: args.clamMaxHoles,
    referencePatchSize: args.clamReferencePatchSize,
  });
}

function toCombine(args: TissueArguments): Partial<CombineParameters> | undefined {
  const { combineMethods: methods, combineRule: rule, combineK: k, combineWeights: weights } = args;
  return dropUndefined({ methods, rule, k, weights });
}
