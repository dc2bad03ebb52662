import type { MaskGrid, MaskShape } from './annotation.ts';
import { cutCoordinates } from './kernels/cut-coordinates.ts';
import type { MaskCoords } from './options.ts';

/** The shapes with their vertices on whole mask pixels, as programs have them that keep integers; `float` leaves them. */
export function cutShapes(
  shapes: readonly MaskShape[],
  { downsample }: MaskGrid,
  coords: MaskCoords,
): readonly MaskShape[] {
  if (coords === 'float') return shapes;
  return shapes.map(({ polygon, label }) => ({
    polygon: {
      exterior: cutCoordinates(polygon.exterior, downsample, coords),
      holes: polygon.holes.map((hole) => cutCoordinates(hole, downsample, coords)),
    },
    label,
  }));
}
