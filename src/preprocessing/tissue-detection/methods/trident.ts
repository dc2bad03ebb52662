/**
 * TRIDENT's Otsu segmenter, after CellViT (Hörst et al., 2024): paint grey and black white, Otsu, drop specks, paint the
 * rest white, Otsu again, fill holes.
 */
import type { Polygon } from '../../../geometry/polygon.ts';
import { createRaster, type Raster } from '../../../io/raster.ts';
import { type ColorConverter, createColorConverter } from '../color-converter.ts';
import { removeSmallComponents } from '../kernels/components.ts';
import type { Plane } from '../kernels/plane.ts';
import { resizeMask } from '../kernels/resize-mask.ts';
import { paintGreyWhite, paintOutsideWhite, selectDark } from '../kernels/trident-pixels.ts';
import type { Contours } from '../opencv.ts';
import { type ContourMask, groupByParent } from './clam.ts';
import { scaleContour } from './scale-contour.ts';
import { TRIDENT_TILE } from './trident-rules.ts';

/** Smaller pieces of the first pass are specks; smaller holes of the second are filled, also open ones at the border. */
const MIN_PIECE = 60;
const MIN_HOLE = 5000;
/** Contours are taken from the mask resized to this height, and must enclose more than so many of its pixels. */
const CONTOUR_HEIGHT = 2000;
const MIN_CONTOUR_AREA = 1000;

/** A slide at about 8 µm a pixel (1.25x): tile by tile, then contours without holes. */
export async function segmentTrident(
  raster: Raster,
  downsample: { x: number; y: number },
  colors: ColorConverter = createColorConverter(),
): Promise<ContourMask> {
  const { withOpenCv } = await import('../opencv.ts');
  const { width, height } = raster;
  const tiled = { width, height, data: segmentTiles(raster, colors) };
  const resized = resizeMask(tiled, Math.round((width * CONTOUR_HEIGHT) / height), CONTOUR_HEIGHT);
  return withOpenCv((opencv) => {
    const contours = opencv.findContours(resized, 'tree');
    const kept = filterContours(contours).map((i) => contours.points[i] ?? new Int32Array());
    // Both axes share the height's scale, as in TRIDENT.
    const scale = height / CONTOUR_HEIGHT;
    const mask = { width, height, data: new Uint8Array(width * height) };
    opencv.fillContours(
      mask,
      kept.map((points) => toMaskPixels(points, mask, scale)),
      1,
    );
    const polygons: Polygon[] = kept.map((points) => ({
      exterior: scaleContour(points, { x: downsample.x * scale, y: downsample.y * scale }),
      holes: [],
    }));
    return { data: mask.data, polygons };
  });
}

/** The two passes on one picture. Filling holes of an empty mask would make small white pictures all tissue; not here. */
export function segmentTridentTile(raster: Raster, colors: ColorConverter = createColorConverter()): Uint8Array {
  const { width, height } = raster;
  const picture = paintGreyWhite(raster.data, colors.computeHsv);
  const first = { width, height, data: selectDark(picture) };
  removeSmallComponents(first, { value: 1, minArea: MIN_PIECE, connectivity: 4 });
  paintOutsideWhite(picture, first.data);
  const second = { width, height, data: selectDark(picture) };
  if (second.data.includes(1)) removeSmallComponents(second, { value: 0, minArea: MIN_HOLE, connectivity: 4 });
  return second.data;
}

/** Tiles at the right and bottom are filled up with white. */
function segmentTiles(raster: Raster, colors: ColorConverter): Uint8Array {
  const mask = new Uint8Array(raster.width * raster.height);
  for (let top = 0; top < raster.height; top += TRIDENT_TILE) {
    for (let left = 0; left < raster.width; left += TRIDENT_TILE) {
      const tile = createRaster(TRIDENT_TILE, TRIDENT_TILE);
      const columns = Math.min(TRIDENT_TILE, raster.width - left);
      const rows = Math.min(TRIDENT_TILE, raster.height - top);
      for (let y = 0; y < rows; y++) {
        const from = ((top + y) * raster.width + left) * 3;
        tile.data.set(raster.data.subarray(from, from + columns * 3), y * TRIDENT_TILE * 3);
      }
      const segmented = segmentTridentTile(tile, colors);
      for (let y = 0; y < rows; y++)
        mask.set(segmented.subarray(y * TRIDENT_TILE, y * TRIDENT_TILE + columns), (top + y) * raster.width + left);
    }
  }
  return mask;
}

/** Outer contours whose area, less that of the holes directly inside, exceeds the minimum. */
function filterContours(contours: Contours): number[] {
  return groupByParent(contours)
    .filter(({ outer, holes }) => {
      const inside = holes.reduce((sum, hole) => sum + (contours.areas[hole] ?? 0), 0);
      return (contours.areas[outer] ?? 0) - inside > MIN_CONTOUR_AREA;
    })
    .map(({ outer }) => outer);
}

function toMaskPixels(points: Int32Array, mask: Plane, scale: number): Int32Array {
  return points.map((value, i) => {
    const last = (i % 2 === 0 ? mask.width : mask.height) - 1;
    return Math.min(last, Math.floor((value + 0.5) * scale));
  });
}
