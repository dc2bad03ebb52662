import type { SlideOptions } from '../../slide/settings.ts';
import type { Slide } from '../../slide/slide.ts';
import { OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import type { MilModel } from '../mil/open-mil-model.ts';
import { COLOR_MAP_NAMES, type ColorMapName } from './color-maps.ts';
import { NORMALIZATIONS, type Normalization } from './normalize-scores.ts';

/** What is written besides the picture: a pyramidal TIFF, a Deep Zoom folder, or nothing. */
export const OVERLAY_FORMATS = ['tiff', 'dzi', 'none'] as const;
export type OverlayFormat = (typeof OVERLAY_FORMATS)[number];

/** How a heatmap looks; the same for all slides. */
export interface HeatmapLook {
  /**
   * What is shown: `attention`, a class, or a column of the table. Default: attention where there is any; else the probability of
   * the second of two classes.
   */
  value?: string | undefined;
  /** Default `auto`: probabilities as they are, all else by rank. */
  normalize?: Normalization | undefined;
  /** Of `percentile`, in percent. Default 1 and 99. */
  percentiles?: readonly number[] | undefined;
  colorMap?: ColorMapName | undefined;
  /** 0..1: how much the colours cover. */
  alpha?: number | undefined;
  /** 0..1: what is below that share of the colour map stays clear. */
  threshold?: number | undefined;
  /** Go from patch to patch without steps. */
  smooth?: boolean | undefined;
  format?: OverlayFormat | undefined;
  /** Level-0 pixels for each pixel of the overlay. Default: what divides the grid of patches, see `chooseDownsample`. */
  downsample?: number | undefined;
  /** Longest side of the slide in the picture, in pixels. */
  pictureSize?: number | undefined;
  /** How many patches the contact sheet has of the highest, and of the lowest. */
  topK?: number | undefined;
  bottomK?: number | undefined;
  /** Level-0 pixels that a patch spans where the scores don't say it. Default: the step of their grid. */
  patchSpan?: number | undefined;
  /** Let features of another network through. */
  anyBackbone?: boolean | undefined;
}

/** A heatmap of one slide. Needed are slide, out, and either scores or features with a model. */
export interface HeatmapConfig extends HeatmapLook {
  slide: string | Slide;
  /** How it is opened. */
  slideOptions?: SlideOptions | undefined;
  /** Folder for the outputs. */
  out: string;
  /** Name of the outputs. Default: the slide's file name without extension. */
  slideId?: string | undefined;
  /** A CSV with x, y and a number for each patch, such as `predict slides` writes. */
  scores?: string | undefined;
  /** A file of features of the slide, of any layout. */
  features?: string | undefined;
  /** The ONNX file of a classifier of slides, or an open one. */
  model?: string | MilModel | undefined;
  /** Threads of onnxruntime. Default: one a core. */
  threads?: number | undefined;
  /** Make it anew and replace what is there; `own`: only where an earlier heatmap had other numbers or looks. */
  overwrite?: boolean | 'own' | undefined;
  signal?: AbortSignal | undefined;
  /** Is told of a card that is of another model. */
  logger?: Logger | undefined;
  /** Tiles of the overlay. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export const HEATMAP_DEFAULTS = Object.freeze({
  normalize: 'auto',
  percentiles: Object.freeze([1, 99] as const),
  colorMap: 'viridis',
  alpha: 0.5,
  threshold: 0,
  smooth: false,
  format: 'tiff',
  pictureSize: 1600,
  topK: 16,
  bottomK: 0,
  anyBackbone: false,
  overwrite: false,
} as const);

type Filled<T> = Readonly<T & { readonly [K in keyof typeof HEATMAP_DEFAULTS & keyof T]: NonNullable<T[K]> }>;
export type ResolvedLook = Omit<Filled<HeatmapLook>, 'percentiles'> & {
  readonly percentiles: readonly [number, number];
};
export type HeatmapSettings = Omit<Filled<HeatmapConfig>, 'percentiles'> & ResolvedLook;

/** Patches of one contact sheet. */
const MOST_SHOWN = 256;

/** A config with defaults, checked before anything is read. @throws OptionError */
export function resolveHeatmap(config: HeatmapConfig): HeatmapSettings {
  if (typeof config.out !== 'string' || config.out === '') throw new OptionError('out', 'a text', config.out);
  checkSources(config);
  const asked = config.overwrite ?? HEATMAP_DEFAULTS.overwrite;
  const overwrite = asked === 'own' ? asked : checkBoolean('overwrite', asked);
  return { ...config, ...resolveLook(config), overwrite };
}

/** Numbers come from a table, or from features through a model. @throws OptionError */
export function checkSources(
  config: Pick<HeatmapConfig, 'scores' | 'features' | 'model' | 'threads' | 'anyBackbone'>,
): void {
  const { scores, features, model } = config;
  if ((scores === undefined) === (features === undefined))
    throw new OptionError('scores', 'either scores, or features and a model', scores);
  const given = typeof model === 'object' ? model.name : model;
  if (features === undefined && model !== undefined)
    throw new OptionError('model', 'none beside scores, which have the numbers already', given);
  if (features !== undefined && model === undefined)
    throw new OptionError('model', 'a classifier of slides beside features', given);
  for (const option of ['threads', 'anyBackbone'] as const)
    if (features === undefined && config[option] !== undefined)
      throw new OptionError(option, 'none beside scores, for which no model is run', config[option]);
}

/** @throws OptionError */
export function resolveLook(look: HeatmapLook): ResolvedLook {
  const chosen = withDefaults(HEATMAP_DEFAULTS, look) as Filled<HeatmapLook>;
  checkChoice('normalize', chosen.normalize, NORMALIZATIONS);
  checkChoice('colorMap', chosen.colorMap, COLOR_MAP_NAMES);
  checkChoice('format', chosen.format, OVERLAY_FORMATS);
  checkNumber('alpha', chosen.alpha, { min: 0, max: 1 });
  checkNumber('threshold', chosen.threshold, { min: 0, max: 1 });
  checkBoolean('smooth', chosen.smooth);
  checkBoolean('anyBackbone', chosen.anyBackbone);
  checkInteger('pictureSize', chosen.pictureSize, { min: 64, max: 8192 });
  checkInteger('topK', chosen.topK, { min: 0, max: MOST_SHOWN });
  checkInteger('bottomK', chosen.bottomK, { min: 0, max: MOST_SHOWN });
  if (chosen.downsample !== undefined) checkInteger('downsample', chosen.downsample, { min: 1, max: 4096 });
  if (chosen.patchSpan !== undefined) checkNumber('patchSpan', chosen.patchSpan, { above: 0 });
  if (chosen.value === '') throw new OptionError('value', 'a text', chosen.value);
  if (look.percentiles !== undefined && chosen.normalize !== 'percentile')
    throw new OptionError('normalize', 'percentile beside `percentiles`', chosen.normalize);
  if (look.downsample !== undefined && chosen.format === 'none')
    throw new OptionError('format', 'tiff or dzi beside `downsample`', chosen.format);
  const [low = Number.NaN, high = Number.NaN, ...more] = chosen.percentiles;
  if (!(low >= 0 && low < high && high <= 100) || more.length > 0)
    throw new OptionError(
      'percentiles',
      'two numbers from 0 to 100, the lower one first',
      chosen.percentiles.join(','),
    );
  return { ...chosen, percentiles: [low, high] };
}

/** What has a say in the files, as JSON. */
export function listLookOptions(look: ResolvedLook): Readonly<Record<string, unknown>> {
  const { value, normalize, percentiles, colorMap, alpha, threshold, smooth } = look;
  const { format, downsample, pictureSize, topK, bottomK, patchSpan, anyBackbone } = look;
  const colors = {
    normalize,
    percentiles: normalize === 'percentile' ? percentiles : null,
    colorMap,
    alpha,
    threshold,
  };
  return {
    ...{ value: value ?? null, ...colors, smooth, format, downsample: downsample ?? null, pictureSize, topK, bottomK },
    ...{ patchSpan: patchSpan ?? null, anyBackbone },
  };
}
