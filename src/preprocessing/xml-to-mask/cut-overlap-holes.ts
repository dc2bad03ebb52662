import { createBoundedGrid } from '../../geometry/kernels/bounded-grid.ts';
import { computeBoundingBox } from '../../geometry/kernels/bounding-box.ts';
import { visitBoxGrid } from '../../geometry/kernels/box-grid.ts';
import { computeRingArea } from '../../geometry/kernels/ring-area.ts';
import { locatePoint } from '../../geometry/locate-point.ts';
import type { Box, Ring } from '../../geometry/polygon.ts';
import { createRingIndex, type RingIndex } from '../../geometry/ring-index.ts';
import type { AnnotationLayer, AnnotationRegion } from './annotation.ts';
import type { NoticeList } from './notices.ts';

/** A region with one outline, and what is asked of it. */
interface Outline {
  readonly region: AnnotationRegion;
  readonly ring: Ring;
  readonly box: Box;
  readonly area: number;
  index?: RingIndex;
}

/**
 * A positive region that lies wholly inside another one of its layer becomes negative, one inside that stays positive, and
 * so on. Of regions with the same outline none lies in the other. Layers
 * with a negative region of their own are left alone: they don't need it.
 */
export function cutOverlapHoles(layer: AnnotationLayer, notices: NoticeList): AnnotationLayer {
  if (layer.regions.some(({ negative }) => negative)) return layer;
  const outlines = layer.regions.flatMap(createOutlines);
  if (outlines.length < 2) return layer;
  const boxes = Float64Array.from(outlines.flatMap(({ box }) => [box.left, box.top, box.right, box.bottom]));
  const across = Math.min(256, Math.ceil(Math.sqrt(outlines.length)));
  const grid = createBoundedGrid(boxes, across);
  const holes = new Set<AnnotationRegion>();
  for (const inner of outlines) {
    // Copies of an outline count once.
    const around = new Set<string>();
    visitBoxGrid(grid, inner.box, (k) => {
      const outer = outlines[k];
      if (outer !== undefined && outer !== inner && isInside(inner, outer))
        around.add(`${outer.area} ${outer.box.left} ${outer.box.top}`);
      return false;
    });
    if (around.size % 2 === 1) holes.add(inner.region);
  }
  for (const region of holes)
    notices.add('cut out as a hole, since it lies inside another region', region.id ?? region.name);
  const regions = layer.regions.map((region) => (holes.has(region) ? { ...region, negative: true } : region));
  return { ...layer, regions };
}

function createOutlines(region: AnnotationRegion): Outline[] {
  const [only, ...others] = region.polygons;
  if (!only || others.length > 0) return [];
  const ring = only.exterior;
  return [{ region, ring, box: computeBoundingBox(ring), area: Math.abs(computeRingArea(ring)) }];
}

/** Whether no vertex of `inner` lies outside of `outer`, and `outer` is larger. */
function isInside(inner: Outline, outer: Outline): boolean {
  if (outer.area <= inner.area || !contains(outer.box, inner.box)) return false;
  outer.index ??= createRingIndex(outer.ring);
  for (let k = 0; k < inner.ring.length; k += 2)
    if (locatePoint(outer.index, inner.ring[k] ?? 0, inner.ring[k + 1] ?? 0) === 'outside') return false;
  return true;
}

function contains(outer: Box, inner: Box): boolean {
  return (
    outer.left <= inner.left && outer.top <= inner.top && outer.right >= inner.right && outer.bottom >= inner.bottom
  );
}
