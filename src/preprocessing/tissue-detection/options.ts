/**
 * Options of tissue detection, their defaults and presets. Light on purpose: the command line reads it for `--help`.
 */
import type { ReadRegionOptions } from '../../slide/slide.ts';
import { OptionError } from '../../utils/errors.ts';
import { checkMemoryMode, type MemoryMode } from '../../utils/memory-mode.ts';
import { checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';

export const PIXEL_METHODS = ['otsu', 'hsv', 'clam', 'trident'] as const;
export type PixelMethod = (typeof PIXEL_METHODS)[number];
export const TISSUE_METHODS = [...PIXEL_METHODS, 'combine'] as const;
export type TissueMethod = (typeof TISSUE_METHODS)[number];

/** Inclusive ranges in OpenCV's 8-bit HSV: hue 0..179 in half degrees, saturation and value 0..255. */
export interface HsvRanges {
  readonly hue: readonly [number, number];
  readonly saturation: readonly [number, number];
  readonly value: readonly [number, number];
}

/**
 * `any-stain` takes whatever has colour, as glass has little; black (padding, ink) is out, whose saturation is noise.
 * `he` takes purple and pink; brown (DAB) and blue fall out of it, so it finds nothing on immunohistochemistry, and no
 * blue pen on H&E. `ihc-dab` asks for more colour, of any hue, at any brightness.
 */
export const HSV_PRESETS = {
  'any-stain': { hue: [0, 180], saturation: [15, 255], value: [20, 255] },
  he: { hue: [130, 180], saturation: [20, 255], value: [20, 255] },
  'ihc-dab': { hue: [0, 180], saturation: [20, 255], value: [0, 255] },
} as const satisfies Record<string, HsvRanges>;
export type HsvPreset = keyof typeof HSV_PRESETS;

/** CLAM's segmentation and filter parameters; CLAM's own name in brackets. */
export interface ClamParameters {
  /** Saturation above which a pixel counts, 0..255 (sthresh). Unused with `otsu`. */
  readonly saturationThreshold: number;
  /** Median window in pixels, odd (mthresh). */
  readonly medianSize: number;
  /** Square closing kernel in pixels, 0 for none (close). */
  readonly closeSize: number;
  /** Otsu's threshold of the median image instead of the fixed one (use_otsu). */
  readonly otsu: boolean;
  /** A piece's area without holes must exceed this many reference patches (a_t). */
  readonly minTissueArea: number;
  /** A hole's area must exceed this many reference patches, or it is filled (a_h). */
  readonly minHoleArea: number;
  /** Only the largest so many holes of a piece are kept (max_n_holes). */
  readonly maxHoles: number;
  /** Side of a reference patch in level-0 pixels (ref_patch_size). */
  readonly referencePatchSize: number;
}

const CLAM_DEFAULT: ClamParameters = {
  saturationThreshold: 8,
  medianSize: 7,
  closeSize: 4,
  otsu: false,
  minTissueArea: 100,
  minHoleArea: 16,
  maxHoles: 8,
  referencePatchSize: 512,
};

/** CLAM's command line defaults and its preset files. `default` drops every piece under 26 Mpx of level 0. */
export const CLAM_PRESETS = {
  default: CLAM_DEFAULT,
  'bwh-biopsy': {
    ...CLAM_DEFAULT,
    saturationThreshold: 15,
    medianSize: 11,
    closeSize: 2,
    minTissueArea: 1,
    minHoleArea: 1,
    maxHoles: 2,
  },
  'bwh-resection': { ...CLAM_DEFAULT, saturationThreshold: 15, medianSize: 11 },
  tcga: { ...CLAM_DEFAULT, minTissueArea: 16, minHoleArea: 4 },
} as const satisfies Record<string, ClamParameters>;
export type ClamPreset = keyof typeof CLAM_PRESETS;

/** What tissue stands out from: bright glass, or the black around what fluoresces; `auto` asks the slide. */
export const TISSUE_BACKGROUNDS = ['auto', 'bright', 'dark'] as const;
export type TissueBackground = (typeof TISSUE_BACKGROUNDS)[number];

export const COMBINE_RULES = ['intersection', 'union', 'majority', 'weighted'] as const;
export type CombineRule = (typeof COMBINE_RULES)[number];

/** How `combine` makes one mask of several. */
export interface CombineParameters {
  readonly methods: readonly PixelMethod[];
  readonly rule: CombineRule;
  /** `majority`: how many of the masks must agree; undefined is more than half. */
  readonly k?: number | undefined;
  /** `weighted`: one weight a method; undefined weighs all the same. */
  readonly weights?: readonly number[] | undefined;
}

export interface TissueOptions extends ReadRegionOptions {
  /** The default on a dark background is `otsu`. */
  method?: TissueMethod;
  /** `auto` is dark for several channels put together and for one of them, bright for all else. */
  background?: TissueBackground;
  /** Microns per mask pixel to work at, roughly: the nearest pyramid level is taken where one is within a factor of 2. */
  mpp?: number;
  /** Work on exactly this level instead; `clam` is CLAM's own choice (seg_level -1). */
  level?: number | 'clam' | undefined;
  /** Never work on more pixels than this. */
  maxPixels?: number;
  /** otsu, hsv: diameter in mask pixels of the ellipse that opens and closes the mask, 0 for none. */
  kernelSize?: number;
  /** otsu: tissue must differ from its background by so many grey levels in the mean, or there is none. */
  minContrast?: number;
  hsvPreset?: HsvPreset;
  /** Ranges that replace those of the preset. */
  hsv?: Partial<HsvRanges>;
  clamPreset?: ClamPreset;
  /** Parameters that replace those of the preset. */
  clam?: Partial<ClamParameters>;
  combine?: Partial<CombineParameters>;
  /** otsu, hsv, combine: smaller pieces are dropped. In µm², or in mask pixels where that is given. */
  minAreaUm2?: number;
  minAreaPixels?: number | undefined;
  /** otsu, hsv, combine: smaller holes are filled. In µm², or in mask pixels where that is given. */
  minHoleUm2?: number;
  minHolePixels?: number | undefined;
  /** `naive` reads the picture again for each method, and keeps all pictures and planes with the result: to compare with. */
  mode?: MemoryMode | undefined;
}

/**
 * The method is the one that agrees best with the majority of six suites on four pictures: `any-stain` has an IoU of
 * 0.93 to 0.98, `he` 0.82 to 0.96 and none on brown stains, grey `otsu` 0.43 to 0.84, as it cuts off pale tissue.
 *
 * A piece must be as large as a 200 µm square: dust is smaller, needle biopsies are larger. A hole must be as large as a
 * 100 µm square, which is less than one patch of 256 pixels at 20x (128 µm): gland lumens close, real gaps stay.
 */
export const TISSUE_DEFAULTS = Object.freeze({
  method: 'hsv',
  background: 'auto',
  mpp: 8,
  level: undefined,
  maxPixels: 32_000_000,
  kernelSize: 5,
  minContrast: 12,
  hsvPreset: 'any-stain',
  clamPreset: 'default',
  combine: { methods: ['otsu', 'hsv'], rule: 'intersection' },
  minAreaUm2: 40_000,
  minAreaPixels: undefined,
  minHoleUm2: 10_000,
  minHolePixels: undefined,
} as const satisfies TissueOptions);

/** Options with every gap filled and presets resolved. */
export interface TissueSettings extends ReadRegionOptions {
  readonly method: TissueMethod;
  /** `auto` where no slide was asked, which counts as bright. */
  readonly background: TissueBackground;
  readonly mpp: number;
  readonly level: number | 'clam' | undefined;
  readonly maxPixels: number;
  readonly kernelSize: number;
  readonly minContrast: number;
  readonly hsv: HsvRanges;
  readonly clam: ClamParameters;
  readonly combine: CombineParameters;
  readonly minAreaUm2: number;
  readonly minAreaPixels: number | undefined;
  readonly minHoleUm2: number;
  readonly minHolePixels: number | undefined;
  readonly mode?: MemoryMode | undefined;
}

/** Fills in defaults and presets, and checks every value. @throws OptionError */
export function resolveTissueOptions(options?: TissueOptions): TissueSettings {
  const { hsvPreset, clamPreset, ...given } = withDefaults(getDefaults(options), options) as Required<TissueOptions>;
  checkChoice('hsvPreset', hsvPreset, Object.keys(HSV_PRESETS));
  checkChoice('clamPreset', clamPreset, Object.keys(CLAM_PRESETS));
  const settings: TissueSettings = {
    ...given,
    hsv: withDefaults<HsvRanges, Partial<HsvRanges>>(HSV_PRESETS[hsvPreset], options?.hsv),
    clam: withDefaults<ClamParameters, Partial<ClamParameters>>(CLAM_PRESETS[clamPreset], options?.clam),
    combine: withDefaults<CombineParameters, Partial<CombineParameters>>(TISSUE_DEFAULTS.combine, options?.combine),
  };
  checkCommon(settings);
  checkHsv(settings.hsv);
  checkClam(settings.clam);
  checkCombine(settings.combine);
  return Object.freeze(settings);
}

/** Samples of fluorescence have no hue to tell them by: brightness does. */
function getDefaults(options: TissueOptions | undefined) {
  return options?.background === 'dark' ? { ...TISSUE_DEFAULTS, method: 'otsu' as const } : TISSUE_DEFAULTS;
}

function checkCommon(settings: TissueSettings): void {
  checkChoice('method', settings.method, TISSUE_METHODS);
  checkChoice('background', settings.background, TISSUE_BACKGROUNDS);
  checkBackground(settings);
  checkMemoryMode(settings.mode);
  checkNumber('mpp', settings.mpp, { above: 0 });
  if (settings.level !== undefined && settings.level !== 'clam') checkInteger('level', settings.level, { min: 0 });
  checkInteger('maxPixels', settings.maxPixels, { min: 1 });
  checkInteger('kernelSize', settings.kernelSize, { min: 0, max: 255 });
  checkNumber('minContrast', settings.minContrast, { min: 0, max: 255 });
  checkNumber('minAreaUm2', settings.minAreaUm2, { min: 0 });
  checkNumber('minHoleUm2', settings.minHoleUm2, { min: 0 });
  if (settings.minAreaPixels !== undefined) checkNumber('minAreaPixels', settings.minAreaPixels, { min: 0 });
  if (settings.minHolePixels !== undefined) checkNumber('minHolePixels', settings.minHolePixels, { min: 0 });
}

function checkBackground({ background, method, combine }: TissueSettings): void {
  const used: readonly string[] = method === 'combine' ? combine.methods : [method];
  const bright = used.find((one) => one === 'clam' || one === 'trident');
  if (background !== 'dark' || !bright) return;
  throw new OptionError('method', '`otsu` or `hsv` on a dark background', bright, {
    hint: `${bright} is made for stained tissue on bright glass; where that is shown, give the background \`bright\``,
  });
}

function checkHsv(ranges: HsvRanges): void {
  for (const name of ['hue', 'saturation', 'value'] as const) {
    const range: unknown = ranges[name];
    if (!Array.isArray(range) || range.length !== 2) throw new OptionError(`hsv.${name}`, 'a pair [low, high]', range);
    const low = checkNumber(`hsv.${name}`, range[0], { min: 0, max: 255 });
    checkNumber(`hsv.${name}`, range[1], { min: low, max: 255 });
  }
}

function checkClam(clam: ClamParameters): void {
  checkNumber('clam.saturationThreshold', clam.saturationThreshold, { min: 0, max: 255 });
  checkInteger('clam.medianSize', clam.medianSize, { min: 1, max: 255 });
  if (clam.medianSize % 2 === 0) throw new OptionError('clam.medianSize', 'an odd integer', clam.medianSize);
  checkInteger('clam.closeSize', clam.closeSize, { min: 0, max: 255 });
  checkNumber('clam.minTissueArea', clam.minTissueArea, { min: 0 });
  checkNumber('clam.minHoleArea', clam.minHoleArea, { min: 0 });
  checkInteger('clam.maxHoles', clam.maxHoles, { min: 0 });
  checkInteger('clam.referencePatchSize', clam.referencePatchSize, { min: 1 });
}

function checkCombine({ methods, rule, k, weights }: CombineParameters): void {
  checkChoice('combine.rule', rule, COMBINE_RULES);
  if (!Array.isArray(methods) || methods.length === 0)
    throw new OptionError('combine.methods', 'a list of methods', methods);
  for (const method of methods) checkChoice('combine.methods', method, PIXEL_METHODS);
  if (k !== undefined) checkInteger('combine.k', k, { min: 1, max: methods.length });
  if (weights === undefined) return;
  if (!Array.isArray(weights) || weights.length !== methods.length)
    throw new OptionError('combine.weights', `${methods.length} weights, one a method`, weights);
  for (const weight of weights) checkNumber('combine.weights', weight, { min: 0 });
  if (!weights.some((weight: number) => weight > 0))
    throw new OptionError('combine.weights', 'at least one weight above 0', weights);
}
