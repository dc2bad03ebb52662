import type { Slide } from '../../slide/slide.ts';
import type { MaskGrid } from './annotation.ts';

/** Levels that a slide lacks are a quarter as wide as the one above, as scanners have them: each is read from the slide. */
const STEP = 4;

/** The slide's own levels, then coarser ones until one tile holds all. */
export function listOverlayLevels({ width, height, levels }: Slide, tileSize: number): MaskGrid[] {
  const grids = levels.map(
    (level): MaskGrid => ({
      width: level.width,
      height: level.height,
      downsample: level.downsample,
    }),
  );
  const fits = ({ width: w, height: h }: { width: number; height: number }) => Math.max(w, h) <= tileSize;
  for (let last = grids.at(-1); last && !fits(last) && Math.min(last.width, last.height) >= STEP; ) {
    const w = Math.floor(last.width / STEP);
    const h = Math.floor(last.height / STEP);
    last = { width: w, height: h, downsample: { x: width / w, y: height / h } };
    grids.push(last);
  }
  return grids;
}
