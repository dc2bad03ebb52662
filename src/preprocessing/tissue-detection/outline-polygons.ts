/** Polygons along the pixel edges of a mask: their area is the mask's area times the downsample, exactly. */
import type { Polygon, Ring } from '../../geometry/polygon.ts';
import { traceOutlines } from './kernels/outlines.ts';
import type { TissueMask } from './tissue-mask.ts';

/** One polygon a piece (pixels that share edges), topmost first, level-0 pixels. Fractions where the downsample has them. */
export function createOutlinePolygons(mask: TissueMask): Polygon[] {
  const pieces = new Map<number, { exterior: Ring; holes: Ring[] }>();
  for (const ring of traceOutlines(mask)) {
    const piece = pieces.get(ring.component) ?? { exterior: new Float64Array(), holes: [] };
    pieces.set(ring.component, piece);
    const scaled = Float64Array.from(
      ring.vertices,
      (v, i) => v * (i % 2 === 0 ? mask.downsample.x : mask.downsample.y),
    );
    if (ring.area > 0) piece.exterior = scaled;
    else piece.holes.push(scaled);
  }
  return [...pieces.values()];
}
