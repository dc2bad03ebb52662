/** Glass keeps its colour: what the published formulae make of it is a tint, or darkness. */
import { blendGlass, type GlassRange } from '../../../io/kernels/blend-glass.ts';
import { getStainLoops } from '../stain-loops.ts';
import type { PixelTransform } from '../stain-method.ts';

/**
 * Levels of the darkest channel. 205 is the brightest that is tissue to Macenko's method (0.15 dense); the others draw the line
 * between greys of 198 and 209. Glass is 236 to 255 to most scanners.
 */
export const GLASS_RANGE: GlassRange = Object.freeze({ tissue: 205, glass: 230 });

/**
 * The transform, of which a pixel gets the less the brighter its darkest channel is: all of it up to 205, nothing from 230 on.
 * White stays white, whatever the method makes of it. A pixel's colour depends on no other pixel, if it did not before.
 */
export function keepGlass(transform: PixelTransform): PixelTransform {
  if (transform.tables) {
    const tables = { ...transform.tables, glass: GLASS_RANGE };
    const kept: PixelTransform = ({ data }, out) => getStainLoops().mapDensities(data, out, tables);
    return Object.assign(kept, { tables });
  }
  return (pixels, out) => {
    const before = pixels.data.buffer === out.buffer ? pixels.data.slice() : pixels.data;
    transform(pixels, out);
    blendGlass(before, GLASS_RANGE, out);
  };
}
