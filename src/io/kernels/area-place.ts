import type { AreaWindow } from './area-resample.ts';

/**
 * Output pixels wanted of a level: the corner in the level's pixels (may be fractional), level pixels per output pixel.
 */
export interface PlacedArea extends AreaWindow {
  readonly width: number;
  readonly height: number;
}

/** Whole level pixels that an output touches; they may lie beyond the level. `window` is the output's place in them. */
export interface AreaCut {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly window: AreaWindow;
}

/**
 * Where to cut the source of an output: at the output's own corner. The numbers that follow then depend on the output
 * alone and not on which band or tile its pixels lie in, so that any band gives the same bytes.
 */
export function placeArea({ x, y, stepX, stepY, width, height }: PlacedArea): AreaCut {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const window = { x: x - left, y: y - top, stepX, stepY };
  return {
    left,
    top,
    width: Math.ceil(window.x + width * stepX),
    height: Math.ceil(window.y + height * stepY),
    window,
  };
}
