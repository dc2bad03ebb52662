import type { Ring } from '../../geometry/polygon.ts';
import { AnnotationError } from '../../utils/errors.ts';
import type { AnnotationRegion } from './annotation.ts';
import type { AnnotatedSlide } from './readers/reader.ts';

/**
 * The corner of the scanned area, level-0 pixels; 0, 0 on a slide that is scanned whole.
 * @throws AnnotationError without a slide, or where the slide names one of the two only
 */
export function findBoundsOffset(name: string, slide: AnnotatedSlide | undefined): { x: number; y: number } {
  if (!slide)
    throw new AnnotationError(name, 'coordinates are to be counted from the bounds of a slide, and no slide is given', {
      hint: 'give the slide (library: slide), or --coords-frame raw',
    });
  const [x, y] = ['x', 'y'].map((axis) => slide.properties.get(`openslide.bounds-${axis}`));
  const offset = { x: Number(x ?? 0), y: Number(y ?? 0) };
  if ((x === undefined) !== (y === undefined) || !Number.isFinite(offset.x) || !Number.isFinite(offset.y))
    throw new AnnotationError(name, `the bounds of ${slide.name} are damaged: x "${x ?? ''}", y "${y ?? ''}"`);
  return offset;
}

/** The region moved by `offset` pixels. */
export function shiftRegion(region: AnnotationRegion, offset: { x: number; y: number }): AnnotationRegion {
  const shift = (ring: Ring) => ring.map((value, k) => value + (k % 2 === 0 ? offset.x : offset.y));
  return {
    ...region,
    polygons: region.polygons.map(({ exterior, holes }) => ({ exterior: shift(exterior), holes: holes.map(shift) })),
    points: region.points && shift(region.points),
  };
}
