import type { Raster } from '../../../io/raster.ts';

/** Teal stands out from pink, purple and brown. */
const TINT = [0, 150, 136] as const;
const TINT_SHARE = 0.22;
const LINE = [0, 77, 64] as const;

/**
 * Tints each box once, however many boxes lie over each other, and draws the outlines of boxes of at least 5 pixels.
 * `boxes` holds left, top, right, bottom in pixels of the raster (RGB), which is changed in place.
 */
export function drawPatches(raster: Raster, boxes: Iterable<readonly [number, number, number, number]>): void {
  const { width, height, data } = raster;
  // 1 covered, 2 outline
  const cover = new Uint8Array(width * height);
  for (const [left, top, right, bottom] of boxes) {
    const x0 = clamp(Math.round(left), width);
    const y0 = clamp(Math.round(top), height);
    const x1 = clamp(Math.max(Math.round(right), Math.round(left) + 1), width);
    const y1 = clamp(Math.max(Math.round(bottom), Math.round(top) + 1), height);
    const outlined = right - left >= 5 && bottom - top >= 5;
    for (let y = y0; y < y1; y++) {
      const border = outlined && (y === y0 || y === y1 - 1);
      for (let x = x0; x < x1; x++) {
        const at = y * width + x;
        if (border || (outlined && (x === x0 || x === x1 - 1))) cover[at] = 2;
        else if (cover[at] === 0) cover[at] = 1;
      }
    }
  }
  for (let i = 0; i < cover.length; i++) {
    if (cover[i] === 0) continue;
    const share = cover[i] === 2 ? 0.7 : TINT_SHARE;
    const colour = cover[i] === 2 ? LINE : TINT;
    for (let c = 0; c < 3; c++) data[i * 3 + c] = Math.round(data[i * 3 + c]! * (1 - share) + colour[c]! * share);
  }
}

function clamp(value: number, limit: number): number {
  return Math.max(0, Math.min(limit, value));
}
