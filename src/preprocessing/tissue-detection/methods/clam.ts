/**
 * CLAM's segmentation (Lu et al., Nature BME 2021): saturation, median, threshold, closing, contours with holes, area
 * filter. Contours are OpenCV's: they run through pixel centres and are given as the level-0 corner of those pixels,
 * truncated to integers, exactly as CLAM hands them to its patch step.
 */
import type { Polygon } from '../../../geometry/polygon.ts';
import type { Raster } from '../../../io/raster.ts';
import { type ColorConverter, createColorConverter } from '../color-converter.ts';
import { computeHistogram, computeOtsu } from '../kernels/histogram.ts';
import { medianBlur, selectMedianAbove } from '../kernels/median.ts';
import { close, createRectKernel } from '../kernels/morphology.ts';
import type { Plane } from '../kernels/plane.ts';
import type { Contours } from '../opencv.ts';
import type { ClamParameters } from './clam-parameters.ts';
import { scaleContour } from './scale-contour.ts';

export interface ContourMask {
  readonly data: Uint8Array;
  readonly polygons: readonly Polygon[];
}

/** `downsample`: level-0 pixels per raster pixel. */
export async function segmentClam(
  raster: Raster,
  { clam, downsample, colors }: { clam: ClamParameters; downsample: { x: number; y: number }; colors?: ColorConverter },
): Promise<ContourMask> {
  const { withOpenCv } = await import('../opencv.ts');
  const { width, height } = raster;
  const thresholded = thresholdSaturation(raster, clam, colors);
  return withOpenCv((opencv) => {
    const contours = opencv.findContours(thresholded, 'ccomp');
    const pieces = filterContours(contours, clam, downsample);
    const mask = { width, height, data: new Uint8Array(width * height) };
    const fill = (indices: number[], value: 0 | 1) =>
      opencv.fillContours(
        mask,
        indices.map((i) => contours.points[i] ?? new Int32Array()),
        value,
      );
    fill(
      pieces.map((piece) => piece.outer),
      1,
    );
    fill(
      pieces.flatMap((piece) => piece.holes),
      0,
    );
    const toRing = (i: number) => scaleContour(contours.points[i] ?? new Int32Array(), downsample);
    const polygons = pieces.map(({ outer, holes }) => ({ exterior: toRing(outer), holes: holes.map(toRing) }));
    return { data: mask.data, polygons };
  });
}

/** The steps on pixels, up to the mask whose contours are taken. */
export function thresholdSaturation(
  raster: Raster,
  clam: ClamParameters,
  colors: ColorConverter = createColorConverter(),
): Plane {
  const { width, height } = raster;
  const saturation = { width, height, data: colors.computeSaturation(raster.data) };
  const data = clam.otsu
    ? thresholdMedian(medianBlur(saturation, clam.medianSize))
    : selectMedianAbove(saturation, clam.medianSize, clam.saturationThreshold);
  const mask = { width, height, data };
  return clam.closeSize > 0 ? { ...mask, data: close(mask, createRectKernel(clam.closeSize)) } : mask;
}

function thresholdMedian(median: Uint8Array): Uint8Array {
  const { threshold } = computeOtsu(computeHistogram(median));
  return median.map((value) => (value > threshold ? 1 : 0));
}

interface Piece {
  readonly outer: number;
  /** Largest first. */
  readonly holes: number[];
}

/** Areas are compared in raster pixels; one unit is a reference patch at this downsample, truncated to an integer. */
function filterContours(contours: Contours, clam: ClamParameters, downsample: { x: number; y: number }): Piece[] {
  const unit = Math.trunc(clam.referencePatchSize ** 2 / (downsample.x * downsample.y));
  const areaOf = (i: number) => contours.areas[i] ?? 0;
  return groupByParent(contours).flatMap(({ outer, holes }) => {
    const area = areaOf(outer) - holes.reduce((sum, hole) => sum + areaOf(hole), 0);
    if (area === 0 || area <= clam.minTissueArea * unit) return [];
    const largest = holes.toSorted((a, b) => areaOf(b) - areaOf(a)).slice(0, clam.maxHoles);
    return [{ outer, holes: largest.filter((hole) => areaOf(hole) > clam.minHoleArea * unit) }];
  });
}

/** Outer contours, in the order they were found, with the contours directly inside them. */
export function groupByParent({ hierarchy }: Contours): Piece[] {
  const pieces = new Map<number, Piece>();
  const count = hierarchy.length / 4;
  for (let i = 0; i < count; i++) if (hierarchy[i * 4 + 3] === -1) pieces.set(i, { outer: i, holes: [] });
  for (let i = 0; i < count; i++) pieces.get(hierarchy[i * 4 + 3] ?? -1)?.holes.push(i);
  return [...pieces.values()];
}
