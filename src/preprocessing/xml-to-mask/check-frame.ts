import { computeBoundingBox } from '../../geometry/kernels/bounding-box.ts';
import type { AnnotationSet, MaskShape } from './annotation.ts';
import type { MaskFrame } from './mask-grid.ts';

/** What hints at annotations of another slide, or in another frame of coordinates, for people: nothing is changed by it. */
export function listFrameNotices(
  shapes: readonly MaskShape[],
  frame: MaskFrame,
  {
    format,
    properties,
    coordsFrame,
  }: {
    format: AnnotationSet['format'];
    properties: ReadonlyMap<string, string> | undefined;
    coordsFrame: 'raw' | 'bounds' | undefined;
  },
): string[] {
  const notices: string[] = [];
  const outside = shapes.filter((shape) => isOutside(shape, frame)).length;
  if (outside > 0)
    notices.push(
      `${outside} of ${shapes.length} polygons lie outside of the slide of ${frame.width} x ${frame.height} pixels: drawn on ` +
        'another slide, or in another frame of coordinates (--coords-frame)',
    );
  const [x, y] = ['x', 'y'].map((axis) => Number(properties?.get(`openslide.bounds-${axis}`) ?? 0));
  if (format === 'geojson' && coordsFrame === undefined && (x || y))
    notices.push(
      `the scanned area of the slide begins at ${x}, ${y}, and coordinates are taken to count from the slide's corner: for ` +
        'GeoJSON of QuPath, which counts from the scanned area, give --coords-frame bounds',
    );
  return notices;
}

function isOutside({ polygon }: MaskShape, { width, height }: MaskFrame): boolean {
  const [x = -1, y = -1] = polygon.exterior;
  if (x > 0 && y > 0 && x < width && y < height) return false;
  const { left, top, right, bottom } = computeBoundingBox(polygon.exterior);
  return left >= width || top >= height || right <= 0 || bottom <= 0;
}
