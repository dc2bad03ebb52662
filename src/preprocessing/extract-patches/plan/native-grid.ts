import { computeBoundingBox } from '../../../geometry/kernels/bounding-box.ts';
import type { Polygon } from '../../../geometry/polygon.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { PatchGeometry } from '../patch-plan.ts';
import { type Axis, createAxis } from './axis.ts';
import { checkFits, computeGeometry, getLevel, snap } from './geometry.ts';
import type { GridBlock, PatchGridLayout, PlanSlide } from './patch-grid.ts';
import type { ResolvedPlanOptions } from './resolve-options.ts';

/**
 * slideloom's own grid. With a target mpp it lies on level-0 pixels; with a level, on that level's pixels, and a corner is
 * brought to level 0 as `floor(position · downsample)`. A contour's grid begins at the top left of its bounding box.
 */
export function createNativeGrid(
  slide: PlanSlide,
  options: ResolvedPlanOptions,
  polygons: readonly Polygon[] | undefined,
): PatchGridLayout {
  const geometry = computeGeometry(slide, options);
  if (options.edge !== 'pad') checkFits(slide, geometry);
  const rulers = createRulers(slide, geometry, options.stride);
  const center = { x: geometry.span.x / 2, y: geometry.span.y / 2 };
  return {
    geometry,
    points: { center, quarter: { x: center.x / 2, y: center.y / 2 }, holeCenter: center },
    blocks:
      options.origin === 'slide'
        ? [createSlideBlock(rulers, options)]
        : (polygons ?? []).map((polygon, i) => createContourBlock(rulers, options, { polygon, index: i })),
    polygons,
  };
}

/** One axis of the slide in the grid's own pixels, each `unit` level-0 pixels long. */
interface Ruler {
  readonly limit: number;
  readonly span: number;
  readonly step: number;
  readonly unit: number;
}

interface Rulers {
  readonly x: Ruler;
  readonly y: Ruler;
}

function createRulers(slide: PlanSlide, geometry: PatchGeometry, stride: number): Rulers {
  const { size, span, downsample, level } = geometry;
  if (level !== undefined) {
    const { width, height } = getLevel(slide, level);
    return {
      x: { limit: width, span: size, step: stride, unit: downsample.x },
      y: { limit: height, span: size, step: stride, unit: downsample.y },
    };
  }
  const step = { x: snap(stride * downsample.x), y: snap(stride * downsample.y) };
  if (Math.min(step.x, step.y) < 1)
    throw new OptionError('stride', `at least one level-0 pixel of ${slide.name} from patch to patch`, stride);
  return {
    x: { limit: slide.width, span: span.x, step: step.x, unit: 1 },
    y: { limit: slide.height, span: span.y, step: step.y, unit: 1 },
  };
}

function createSlideBlock(rulers: Rulers, { edge }: ResolvedPlanOptions): GridBlock {
  const create = (ruler: Ruler) =>
    toLevel0(createAxis({ ...ruler, start: 0, stop: ruler.limit, edge, covering: true }), ruler.unit);
  return { xs: create(rulers.x), ys: create(rulers.y), order: 'rows', polygon: undefined };
}

function createContourBlock(
  rulers: Rulers,
  { edge }: ResolvedPlanOptions,
  contour: { polygon: Polygon; index: number },
): GridBlock {
  const box = computeBoundingBox(contour.polygon.exterior);
  const create = (ruler: Ruler, from: number, to: number) => {
    const start = Math.max(0, Math.floor(from / ruler.unit));
    const stop = Math.min(ruler.limit, to / ruler.unit);
    return toLevel0(createAxis({ ...ruler, start, stop, edge, covering: false }), ruler.unit);
  };
  return {
    xs: create(rulers.x, box.left, box.right),
    ys: create(rulers.y, box.top, box.bottom),
    order: 'columns',
    polygon: contour.index,
  };
}

function toLevel0(axis: Axis, unit: number): Axis {
  return unit === 1 ? axis : { count: axis.count, at: (k) => Math.floor(snap(axis.at(k) * unit)) };
}
