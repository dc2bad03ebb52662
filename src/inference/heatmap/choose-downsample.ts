import type { PatchValues } from './patch-values.ts';

/** Level-0 pixels of an overlay's pixel: at most, at least where patches lie on a grid, and where they don't. */
const MOST = 32;
const LEAST = 8;
const USUAL = 16;

/**
 * Level-0 pixels for each pixel of an overlay: the largest up to 32 that divides all corners and sides, so that a pixel lies in a
 * patch or outside of it; 16 where that is below 8. At most a quarter of the smallest patch.
 */
export function chooseDownsample({ x, y, width, height }: PatchValues): number {
  let common = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const sides of [width, height]) for (const side of sides) smallest = Math.min(smallest, side);
  for (const values of [x, y, width, height]) for (const value of values) common = findCommon(common, value);
  const most = Math.max(1, Math.min(MOST, Math.floor(smallest / 4)));
  for (let divisor = most; divisor >= Math.min(LEAST, most); divisor--) if (common % divisor === 0) return divisor;
  return Math.min(USUAL, most);
}

/** 1 where a value is no whole number. */
function findCommon(a: number, b: number): number {
  if (!Number.isInteger(b)) return 1;
  let [large, small] = [Math.abs(a), Math.abs(b)];
  while (small > 0) [large, small] = [small, large % small];
  return large;
}
