import { locatePoint } from '../../../geometry/locate-point.ts';
import type { Box } from '../../../geometry/polygon.ts';
import { computePolygonBoxArea } from '../../../geometry/polygon-box-area.ts';
import { type IndexedPolygon, type PolygonIndex, someNear } from '../../../geometry/polygon-index.ts';
import { polygonTouchesBox } from '../../../geometry/polygon-touches-box.ts';
import type { TissueRule } from '../options.ts';
import type { MaskSampler } from './mask-sampler.ts';
import type { TestPoints } from './patch-grid.ts';

/** Whether the patch with its corner at level-0 (x, y) counts as tissue; `fraction` is its share by the mask. */
export type TissueTest = (x: number, y: number, fraction: number) => boolean;

/** The rules that ask the polygons and not the mask. */
export const POLYGON_RULES: readonly TissueRule[] = ['four-pt', 'four-pt-hard', 'corner', 'polygon'];

export function createMaskTest(
  rule: 'fraction' | 'center' | 'any' | 'all',
  threshold: number,
  sampler: MaskSampler,
): TissueTest {
  const tests = {
    fraction: (_x: number, _y: number, fraction: number) => fraction >= threshold,
    center: sampler.isCenterTissue,
    any: sampler.hasAny,
    all: sampler.hasAll,
  };
  return tests[rule];
}

/** A patch as the polygon rules see it: where its test points lie relative to its corner, and its size. */
export interface PatchShape {
  readonly points: TestPoints;
  readonly span: { readonly x: number; readonly y: number };
}

/**
 * A test at points: some or every point lies in or on the polygon, and the patch's centre in none of its holes. With a
 * `polygon` only that one is asked (a contour's own grid), else one of all must pass.
 */
export function createPointTest(
  rule: 'four-pt' | 'four-pt-hard' | 'center' | 'corner',
  shape: PatchShape,
  tissue: { index: PolygonIndex; polygon: number | undefined },
): TissueTest {
  const offsets = pointOffsets(rule, shape.points);
  const { holeCenter } = shape.points;
  const own = tissue.polygon === undefined ? undefined : tissue.index.polygons[tissue.polygon];
  const passes = (polygon: IndexedPolygon, x: number, y: number) => {
    const isIn = (offset: { x: number; y: number }) =>
      locatePoint(polygon.exterior, x + offset.x, y + offset.y) !== 'outside';
    if (!(rule === 'four-pt-hard' ? offsets.every(isIn) : offsets.some(isIn))) return false;
    return polygon.holes.every((hole) => locatePoint(hole, x + holeCenter.x, y + holeCenter.y) !== 'inside');
  };
  if (own !== undefined) return (x, y) => passes(own, x, y);
  return (x, y) => someNear(tissue.index, boxAt(x, y, shape.span), (polygon) => passes(polygon, x, y));
}

/** Share of the patch's area inside the polygons >= `threshold`; at 0, a common point is enough. */
export function createAreaTest(
  threshold: number,
  span: { readonly x: number; readonly y: number },
  tissue: { index: PolygonIndex; polygon: number | undefined },
): TissueTest {
  const own = tissue.polygon === undefined ? undefined : tissue.index.polygons[tissue.polygon];
  const needed = threshold * span.x * span.y * (1 - ROUNDING);
  const some = (box: Box, test: (polygon: IndexedPolygon) => boolean) =>
    own === undefined ? someNear(tissue.index, box, test) : test(own);
  if (threshold === 0)
    return (x, y) => some(boxAt(x, y, span), (polygon) => polygonTouchesBox(polygon, boxAt(x, y, span)));
  return (x, y) => {
    const box = boxAt(x, y, span);
    let area = 0;
    return some(box, (polygon) => {
      area += computePolygonBoxArea(polygon, box);
      return area >= needed;
    });
  };
}

/** An area that is exactly the threshold but for rounding passes. */
const ROUNDING = 1e-12;

function pointOffsets(rule: string, { center, quarter }: TestPoints): { x: number; y: number }[] {
  if (rule === 'corner') return [{ x: 0, y: 0 }];
  if (rule === 'center' || quarter.x <= 0) return [center];
  return [-1, 1].flatMap((right) =>
    [-1, 1].map((down) => ({ x: center.x + right * quarter.x, y: center.y + down * quarter.y })),
  );
}

function boxAt(x: number, y: number, span: { readonly x: number; readonly y: number }): Box {
  return { left: x, top: y, right: x + span.x, bottom: y + span.y };
}
