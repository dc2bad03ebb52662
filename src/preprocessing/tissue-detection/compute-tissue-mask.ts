/** Tissue of one RGB picture: no files, no slide. */
import type { Polygon } from '../../geometry/polygon.ts';
import type { Raster } from '../../io/raster.ts';
import { type ColorConverter, createColorConverter } from './color-converter.ts';
import { removeSmallComponents } from './kernels/components.ts';
import { isConstant } from './kernels/padding.ts';
import type { ContourMask } from './methods/clam.ts';
import { combineMasks } from './methods/combine.ts';
import type { PixelMethod } from './methods.ts';
import { resolveTissueOptions, type TissueOptions, type TissueSettings } from './options.ts';
import { createOutlinePolygons } from './outline-polygons.ts';
import { type Retention, retainPlanes } from './retention.ts';
import type { TissueMask } from './tissue-mask.ts';

/** How the picture lies on the slide. */
export interface RasterGeometry {
  /** Level-0 pixels per raster pixel. */
  readonly downsample: { readonly x: number; readonly y: number };
  /** Microns per level-0 pixel; undefined where unknown. */
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  /** Of the naive mode. */
  readonly retention?: Retention;
}

export interface ComputedTissue {
  readonly mask: TissueMask;
  /** Level-0 pixels. Pixel outlines of the mask; for `clam` and `trident` those suites' contours. */
  readonly polygons: readonly Polygon[];
  /** Otsu's grey threshold where the method is `otsu`. */
  readonly threshold: number | undefined;
}

const UNSCALED: RasterGeometry = { downsample: { x: 1, y: 1 }, mpp: undefined };
/** Side of a mask pixel in µm where nobody knows it: the default working resolution. */
const ASSUMED_PIXEL_UM2 = 8 * 8;

/**
 * The reading options (`mpp`, `level`, `maxPixels`) play no part here. A picture of a single colour, white, black or
 * other, has no tissue under any method. The mask and polygons belong to the caller.
 * @throws OptionError
 */
export async function computeTissueMask(
  raster: Raster,
  options?: TissueOptions,
  geometry: RasterGeometry = UNSCALED,
): Promise<ComputedTissue> {
  const settings = resolveTissueOptions(options);
  const { width, height } = raster;
  const place = (data: Uint8Array): TissueMask => ({ width, height, data, downsample: geometry.downsample });
  if (isConstant(raster.data))
    return { mask: place(new Uint8Array(width * height)), polygons: [], threshold: undefined };
  const colors = createColorConverter();
  const { retention } = geometry;
  const job = { settings, geometry, colors: retention ? retainPlanes(colors, retention) : colors };
  if (settings.method === 'clam' || settings.method === 'trident') {
    const { data, polygons } = await segmentByContours(settings.method, raster, job);
    return { mask: place(data), polygons, threshold: undefined };
  }
  const { data, threshold } = await segmentByPixels(settings.method, raster, job);
  const mask = place(data);
  removeSmallPieces(mask, settings, geometry);
  return { mask, polygons: createOutlinePolygons(mask), threshold };
}

interface Job {
  readonly settings: TissueSettings;
  readonly geometry: RasterGeometry;
  readonly colors: ColorConverter;
}

async function segmentByContours(method: 'clam' | 'trident', raster: Raster, job: Job): Promise<ContourMask> {
  if (method === 'clam') {
    const { segmentClam } = await import('./methods/clam.ts');
    return segmentClam(raster, { clam: job.settings.clam, downsample: job.geometry.downsample, colors: job.colors });
  }
  const { segmentTrident } = await import('./methods/trident.ts');
  return segmentTrident(raster, job.geometry.downsample, job.colors);
}

interface PixelMask {
  readonly data: Uint8Array;
  readonly threshold: number | undefined;
}

async function segmentByPixels(method: 'otsu' | 'hsv' | 'combine', raster: Raster, job: Job): Promise<PixelMask> {
  if (method === 'otsu') {
    const { segmentOtsu } = await import('./methods/otsu.ts');
    return segmentOtsu(raster, job.settings, job.colors);
  }
  if (method === 'hsv') {
    const { segmentHsv } = await import('./methods/hsv.ts');
    return { data: segmentHsv(raster, job.settings, job.colors), threshold: undefined };
  }
  const masks: Uint8Array[] = [];
  for (const member of job.settings.combine.methods) {
    const own = masks.length > 0 ? await job.geometry.retention?.read() : undefined;
    masks.push(await segmentMember(member, own ?? raster, job));
  }
  return { data: combineMasks(masks, job.settings.combine), threshold: undefined };
}

async function segmentMember(method: PixelMethod, raster: Raster, job: Job): Promise<Uint8Array> {
  const isPixels = method === 'otsu' || method === 'hsv';
  return (await (isPixels ? segmentByPixels(method, raster, job) : segmentByContours(method, raster, job))).data;
}

/** Pieces first, then holes: dust inside a hole does not keep the hole open. */
function removeSmallPieces(mask: TissueMask, settings: TissueSettings, { downsample, mpp }: RasterGeometry): void {
  const pixelArea = mpp ? mpp.x * downsample.x * mpp.y * downsample.y : ASSUMED_PIXEL_UM2;
  const minArea = settings.minAreaPixels ?? settings.minAreaUm2 / pixelArea;
  const minHole = settings.minHolePixels ?? settings.minHoleUm2 / pixelArea;
  removeSmallComponents(mask, { value: 1, minArea, connectivity: 4 });
  removeSmallComponents(mask, { value: 0, minArea: minHole, connectivity: 4, inside: true });
}
