import { computeBoundingBox } from '../../../geometry/kernels/bounding-box.ts';
import type { Box } from '../../../geometry/polygon.ts';
import type { Shape } from './drawing.ts';
import { thinRing } from './kernels/thin-ring.ts';

/** What is kept of a shape for painting: it never changes. */
interface KeptPath {
  readonly box: Box;
  /** Power of two of the scale that `path` is made for; undefined for the exact one. */
  readonly octave: number | undefined;
  readonly path: Path2D;
}

const KEPT = new WeakMap<Shape, KeptPath>();

/**
 * The outline of a shape as a canvas takes it, in level-0 pixels, and its box. At a scale (CSS pixels to a level-0 pixel) corners that
 * lie within a pixel of the screen of the one before are left out; without a scale there are all.
 */
export function getShapePath(shape: Shape, scale?: number): KeptPath {
  const octave = scale === undefined ? undefined : Math.floor(Math.log2(scale));
  const known = KEPT.get(shape);
  if (known && known.octave === octave) return known;
  const path = new Path2D();
  for (const ring of shape.rings) {
    const thin = octave === undefined ? ring : thinRing(ring, 2 ** -(octave + 1));
    path.moveTo(thin[0] ?? 0, thin[1] ?? 0);
    for (let k = 2; k < thin.length; k += 2) path.lineTo(thin[k] ?? 0, thin[k + 1] ?? 0);
    path.closePath();
  }
  const made = { box: known?.box ?? computeBoundingBox(shape.rings[0] ?? new Float64Array()), octave, path };
  KEPT.set(shape, made);
  return made;
}
