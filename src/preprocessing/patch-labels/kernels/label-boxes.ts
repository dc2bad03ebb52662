import type { Raster } from '../../../io/raster.ts';
import type { PixelBox } from './count-box.ts';

/** Shares of the colour. */
const TINT = 0.35;
const LINE = 0.75;
const EDGE = 0x8000;

/**
 * Marks a box with the number of a colour, from 1, and its edge where it has at least 5 pixels a side: later boxes lie over
 * earlier ones.
 */
export function markLabelBox(
  { cover, width, height }: { cover: Uint16Array; width: number; height: number },
  box: PixelBox,
  color: number,
): void {
  const left = clamp(Math.round(box.left), width);
  const top = clamp(Math.round(box.top), height);
  const right = clamp(Math.max(Math.round(box.right), Math.round(box.left) + 1), width);
  const bottom = clamp(Math.max(Math.round(box.bottom), Math.round(box.top) + 1), height);
  const outlined = box.right - box.left >= 5 && box.bottom - box.top >= 5;
  for (let y = top; y < bottom; y++) {
    const border = outlined && (y === top || y === bottom - 1);
    for (let x = left; x < right; x++) {
      const edge = border || (outlined && (x === left || x === right - 1));
      cover[y * width + x] = edge ? color | EDGE : color;
    }
  }
}

/** Lays the marked colours over RGB pixels, edges stronger; `plain` ones colour their edges alone. */
export function paintLabelBoxes(
  { data }: Raster,
  cover: Uint16Array,
  colors: readonly { readonly color: readonly [red: number, green: number, blue: number]; readonly plain: boolean }[],
): void {
  for (let i = 0; i < cover.length; i++) {
    if (cover[i] === 0) continue;
    const { color, plain } = colors[(cover[i]! & ~EDGE) - 1]!;
    const share = (cover[i]! & EDGE) !== 0 ? LINE : plain ? 0 : TINT;
    for (let c = 0; c < 3; c++) data[i * 3 + c] = Math.round(data[i * 3 + c]! * (1 - share) + color[c]! * share);
  }
}

function clamp(value: number, limit: number): number {
  return Math.max(0, Math.min(limit, value));
}
