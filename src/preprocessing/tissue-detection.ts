/**
 * Tissue detection: which parts of a slide are worth cutting.
 *
 * Memory: the picture (3 bytes a pixel, at most `maxPixels`) and up to five planes; 32 Mpx take about 260 MB, a usual slide
 * at 8 µm a pixel (10 Mpx) about 80 MB. `clam` and `trident` add OpenCV's heap of at least 134 MB.
 */
import type { Slide } from '../slide/slide.ts';
import { chooseTissueView } from './tissue-detection/choose-view.ts';
import { computeTissueMask } from './tissue-detection/compute-tissue-mask.ts';
import { type DrawnTissue, drawTissue, settleTissueOptions } from './tissue-detection/draw-tissue.ts';
import { countSet } from './tissue-detection/kernels/combine-masks.ts';
import type { TissueMethod } from './tissue-detection/methods.ts';
import { resolveTissueOptions, type TissueOptions } from './tissue-detection/options.ts';
import { readView, sampleView } from './tissue-detection/read-view.ts';
import { createRetention } from './tissue-detection/retention.ts';
import type { TissueResult } from './tissue-detection/tissue-mask.ts';

/** A `TissueResult` and how it came about, for the run record. */
export interface DetectedTissue extends TissueResult {
  /** `polygons` where it was drawn. */
  readonly method: TissueMethod | 'polygons';
  /** The pyramid level whose pixels were used; undefined where they were averaged down. */
  readonly level: number | undefined;
  /** Microns per mask pixel; undefined without a pixel size. */
  readonly maskMpp: { readonly x: number; readonly y: number } | undefined;
  /** Otsu's grey threshold where the method is `otsu`. */
  readonly threshold: number | undefined;
  /** Of mode `naive`: pictures and planes that were made on the way. */
  readonly retained?: readonly Uint8Array[];
}

/**
 * A slide without tissue (white, black, of any single colour, glass only) is a result, not an error: an empty mask with
 * status `no-tissue`.
 * @throws OptionError, LevelError; MissingMppError where the slide has no pixel size and no `level` is given; TileError.
 */
export async function detectTissue(slide: Slide, given?: TissueOptions): Promise<DetectedTissue> {
  const options = fitTissueOptions(slide, await settleTissueOptions(given ?? {}));
  if (options.polygons !== undefined) return describeDrawn(slide, await drawTissue(slide, options.polygons, options));
  const settings = resolveTissueOptions(options);
  const view = chooseTissueView(slide, settings);
  const read = settings.method === 'trident' ? sampleView : readView;
  const readPicture = () => read(slide, view, getReadOptions(options));
  const retention = settings.mode === 'naive' ? createRetention(readPicture) : undefined;
  const raster = await (retention?.read ?? readPicture)();
  const geometry = { downsample: view.downsample, mpp: slide.mpp, ...(retention && { retention }) };
  const { mask, polygons, threshold } = await computeTissueMask(raster, options, geometry);
  return {
    ...measureTissue(slide, { mask, polygons }),
    method: settings.method,
    level: view.level,
    threshold,
    ...(retention && { retained: retention.kept }),
  };
}

/** Nothing was looked at: the method is that of whoever drew it. */
function describeDrawn(slide: Slide, { mask, polygons }: DrawnTissue): DetectedTissue {
  return { ...measureTissue(slide, { mask, polygons }), method: 'polygons', level: undefined, threshold: undefined };
}

function measureTissue(slide: Slide, { mask, polygons }: Pick<DetectedTissue, 'mask' | 'polygons'>) {
  const pixels = countSet(mask.data);
  const maskMpp = slide.mpp && { x: slide.mpp.x * mask.downsample.x, y: slide.mpp.y * mask.downsample.y };
  return {
    status: pixels > 0 ? ('ok' as const) : ('no-tissue' as const),
    ...{ mask, polygons, maskMpp },
    fraction: pixels / mask.data.length,
    areaMm2: maskMpp && (pixels * maskMpp.x * maskMpp.y) / 1e6,
  };
}

/** The options as they are meant for a slide: `auto` becomes the background that it shows. */
export function fitTissueOptions(slide: Pick<Slide, 'background'>, options: TissueOptions = {}): TissueOptions {
  if (options.polygons !== undefined) return options;
  const { background = 'auto' } = options;
  return { ...options, background: background === 'auto' ? (slide.background ?? 'bright') : background };
}

/** What a run should tell: a method that goes by colour finds nothing in grey, whatever is there. */
export function listTissueNotices(
  slide: Pick<Slide, 'background' | 'channels' | 'shown'>,
  options?: TissueOptions,
): string[] {
  const [first, ...more] = slide.channels;
  const grey = more.length === 0 && first?.samples !== 3 && first?.color === undefined;
  if (!grey && slide.shown?.channel === undefined) return [];
  const { method, hsv, combine } = resolveTissueOptions(fitTissueOptions(slide, options));
  const used: readonly TissueMethod[] = method === 'combine' ? combine.methods : [method];
  const blind = used.find((one) => one !== 'otsu' && (one !== 'hsv' || hsv.saturation[0] > 0));
  if (blind === undefined) return [];
  return [
    `${blind} goes by colour, and the slide is shown in grey: give --method otsu, and --background dark if it glows`,
  ];
}

function getReadOptions({ signal, onBadTile }: TissueOptions = {}): Pick<TissueOptions, 'signal' | 'onBadTile'> {
  return { ...(signal && { signal }), ...(onBadTile && { onBadTile }) };
}
