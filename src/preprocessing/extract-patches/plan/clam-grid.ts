import { computeBoundingBox } from '../../../geometry/kernels/bounding-box.ts';
import type { Box, Polygon } from '../../../geometry/polygon.ts';
import { createRange } from './axis.ts';
import { checkFits, computeGeometry } from './geometry.ts';
import type { GridBlock, PatchGridLayout, PlanSlide } from './patch-grid.ts';
import type { ResolvedPlanOptions } from './resolve-options.ts';

/**
 * CLAM's grid, position for position: each contour has its own, from the top left of its bounding box, column by column.
 * CLAM cuts the level's downsample to an integer wherever it places patches and test points, and so does this grid; but
 * `geometry` says what a patch read at that level really spans. Edge `pad` is CLAM's `use_padding`, `roi` its
 * `top_left` and `bot_right`.
 */
export function createClamGrid(
  slide: PlanSlide,
  options: ResolvedPlanOptions,
  polygons: readonly Polygon[] | undefined,
): PatchGridLayout {
  const geometry = computeGeometry(slide, options);
  if (options.edge === 'drop') checkFits(slide, geometry);
  const whole = { x: Math.trunc(geometry.downsample.x), y: Math.trunc(geometry.downsample.y) };
  const size = { x: options.size * whole.x, y: options.size * whole.y };
  const step = { x: options.stride * whole.x, y: options.stride * whole.y };
  // CLAM's test points know one patch size, that of the x axis.
  const half = Math.floor(size.x / 2);
  const quarter = Math.floor(half / 2);
  return {
    geometry,
    points: {
      center: { x: half, y: half },
      quarter: { x: quarter, y: quarter },
      holeCenter: { x: size.x / 2, y: size.x / 2 },
    },
    blocks: (polygons ?? []).map((polygon, i) => {
      const area = limitArea(computeClamBox(polygon), slide, { ...options, size });
      return createBlock(area, step, i);
    }),
    polygons,
  };
}

/** OpenCV's `boundingRect`: of whole pixels, so that right and bottom are one past the last pixel. */
function computeClamBox({ exterior }: Polygon): Box {
  const { left, top, right, bottom } = computeBoundingBox(exterior);
  return {
    left: Math.floor(left),
    top: Math.floor(top),
    right: Math.floor(right) + 1,
    bottom: Math.floor(bottom) + 1,
  };
}

function limitArea(
  box: Box,
  slide: PlanSlide,
  { edge, roi, size }: { edge: string; roi: Box | undefined; size: { x: number; y: number } },
): Box {
  const right = edge === 'drop' ? Math.min(box.right, slide.width - size.x + 1) : box.right;
  const bottom = edge === 'drop' ? Math.min(box.bottom, slide.height - size.y + 1) : box.bottom;
  if (roi === undefined) return { ...box, right, bottom };
  return {
    left: Math.max(box.left, roi.left),
    top: Math.max(box.top, roi.top),
    right: Math.min(right, roi.right),
    bottom: Math.min(bottom, roi.bottom),
  };
}

function createBlock(area: Box, step: { x: number; y: number }, polygon: number): GridBlock {
  return {
    xs: createRange(area.left, area.right, step.x),
    ys: createRange(area.top, area.bottom, step.y),
    order: 'columns',
    polygon,
  };
}
