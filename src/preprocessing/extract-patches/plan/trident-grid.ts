import { dropSpurs } from '../../../geometry/kernels/drop-spurs.ts';
import type { Polygon } from '../../../geometry/polygon.ts';
import { simplifyPolygon } from '../../../geometry/simplify-polygon.ts';
import { OptionError } from '../../../utils/errors.ts';
import { createRange } from './axis.ts';
import { computeGeometry } from './geometry.ts';
import type { PatchGridLayout, PlanSlide } from './patch-grid.ts';
import type { ResolvedPlanOptions } from './resolve-options.ts';

/** TRIDENT simplifies the tissue by this share of the patch's size in target pixels, read as level-0 pixels. */
const TOLERANCE_SHARE = 1 / 4;

/**
 * TRIDENT's grid, position for position: one grid from (0, 0), row by row, up to the last corner inside the slide; patch
 * and overlap are each rounded to whole level-0 pixels, by the x axis. Tissue is looked up in simplified polygons.
 */
export function createTridentGrid(
  slide: PlanSlide,
  options: ResolvedPlanOptions,
  polygons: readonly Polygon[] | undefined,
): PatchGridLayout {
  const { downsample, ...geometry } = computeGeometry(slide, options);
  const { size, stride } = options;
  const span = roundHalfEven(size * downsample.x);
  const step = span - roundHalfEven((size - stride) * downsample.x);
  if (step < 1)
    throw new OptionError('stride', `at least one level-0 pixel of ${slide.name} from patch to patch`, stride);
  const center = { x: span / 2, y: span / 2 };
  return {
    geometry: { ...geometry, span: { x: span, y: span }, downsample: { x: span / size, y: span / size } },
    points: { center, quarter: { x: span / 4, y: span / 4 }, holeCenter: center },
    blocks: [
      {
        xs: createRange(0, slide.width, step),
        ys: createRange(0, slide.height, step),
        order: 'rows',
        polygon: undefined,
      },
    ],
    polygons: polygons?.map((polygon) => simplifyPolygon(repair(polygon), size * TOLERANCE_SHARE)),
  };
}

function repair({ exterior, holes }: Polygon): Polygon {
  return { exterior: dropSpurs(exterior), holes: holes.map(dropSpurs).filter((hole) => hole.length > 0) };
}

/** Python's `round`. */
function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}
