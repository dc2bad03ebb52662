/**
 * Options of tissue detection, their defaults and presets. Light on purpose: the command line reads it for `--help`.
 */
import type { ReadRegionOptions } from '../../slide/slide.ts';
import { OptionError } from '../../utils/errors.ts';
import { checkMemoryMode, type MemoryMode } from '../../utils/memory-mode.ts';
import { checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import { CLAM_PRESETS, type ClamParameters, type ClamPreset, checkClam } from './methods/clam-parameters.ts';
import { type CombineParameters, checkCombine } from './methods/combine-parameters.ts';
import { checkHsv, HSV_PRESETS, type HsvPreset, type HsvRanges } from './methods/hsv-ranges.ts';
import { TISSUE_METHODS, type TissueMethod } from './methods.ts';

/** What tissue stands out from: bright glass, or the black around what fluoresces; `auto` asks the slide. */
export const TISSUE_BACKGROUNDS = ['auto', 'bright', 'dark'] as const;
export type TissueBackground = (typeof TISSUE_BACKGROUNDS)[number];

/** What becomes of a slide for which there are no polygons. */
export const MISSING_POLYGON_POLICIES = ['fail', 'detect'] as const;
export type MissingPolygonPolicy = (typeof MISSING_POLYGON_POLICIES)[number];

export interface TissueOptions extends ReadRegionOptions {
  /**
   * File of annotations whose regions are the tissue, whatever their class; then nothing is looked for. In a run also a folder with a
   * file of each slide's name, or a path with `{stem}` where that name goes.
   */
  polygons?: string | undefined;
  /** Where a slide has no such file: `fail` (default), or `detect`, with the options of a search. */
  onMissingPolygons?: MissingPolygonPolicy | undefined;
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
  checkPolygons(options ?? {});
  const {
    hsvPreset,
    clamPreset,
    polygons: _file,
    onMissingPolygons: _policy,
    ...given
  } = withDefaults(getDefaults(options), options) as Required<TissueOptions>;
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

/** Options of a search, which do nothing where polygons are given for every slide. */
const SEARCH = [
  'method',
  'background',
  'kernelSize',
  'minContrast',
  'hsvPreset',
  'hsv',
  'clamPreset',
  'clam',
  'combine',
] as const;
const AREAS = ['minAreaUm2', 'minAreaPixels', 'minHoleUm2', 'minHolePixels'] as const;

function checkPolygons(options: TissueOptions): void {
  const { polygons, onMissingPolygons } = options;
  if (onMissingPolygons !== undefined) {
    checkChoice('onMissingPolygons', onMissingPolygons, MISSING_POLYGON_POLICIES);
    if (polygons === undefined) throw new OptionError('onMissingPolygons', 'to be given with `polygons`', 'it alone');
  }
  const idle = [...SEARCH, ...AREAS].find((name) => options[name] !== undefined);
  if (polygons === undefined || onMissingPolygons === 'detect' || !idle) return;
  throw new OptionError(idle, 'nothing beside `polygons`, with which no tissue is looked for', options[idle]);
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
