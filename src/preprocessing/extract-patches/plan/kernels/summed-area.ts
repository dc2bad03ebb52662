import type { Box } from '../../../../geometry/polygon.ts';

/** `sums[j·(width + 1) + i]` counts the set pixels of [0, i) x [0, j). 4 bytes a pixel; up to 2^32 - 1 set pixels. */
export interface SummedArea {
  readonly width: number;
  readonly height: number;
  readonly sums: Uint32Array;
}

export function createSummedArea(mask: { width: number; height: number; data: Uint8Array }): SummedArea {
  const { width, height, data } = mask;
  const across = width + 1;
  const sums = new Uint32Array(across * (height + 1));
  for (let j = 0; j < height; j++) {
    let row = 0;
    for (let i = 0; i < width; i++) {
      if (data[j * width + i] !== 0) row++;
      sums[(j + 1) * across + i + 1] = sums[j * across + i + 1]! + row;
    }
  }
  return { width, height, sums };
}

/** Set pixels in a box of whole pixels, limited to the mask. */
export function countPixels({ width, height, sums }: SummedArea, box: Box): number {
  const left = Math.min(width, Math.max(0, box.left));
  const right = Math.min(width, Math.max(left, box.right));
  const top = Math.min(height, Math.max(0, box.top)) * (width + 1);
  const bottom = Math.max(top, Math.min(height, Math.max(0, box.bottom)) * (width + 1));
  return sums[bottom + right]! - sums[bottom + left]! - sums[top + right]! + sums[top + left]!;
}

/** Set area in a box of any position, in pixels: a pixel counts by the part of it that lies in the box. */
export function integratePixels(table: SummedArea, box: Box): number {
  return (
    integrateFromOrigin(table, box.right, box.bottom) -
    integrateFromOrigin(table, box.left, box.bottom) -
    integrateFromOrigin(table, box.right, box.top) +
    integrateFromOrigin(table, box.left, box.top)
  );
}

/** The integral of a function constant on pixels is bilinear within a pixel, so that interpolation is exact. */
function integrateFromOrigin({ width, height, sums }: SummedArea, x: number, y: number): number {
  const cx = Math.min(width, Math.max(0, x));
  const cy = Math.min(height, Math.max(0, y));
  const i = Math.floor(cx);
  const j = Math.floor(cy);
  const fx = cx - i;
  const fy = cy - j;
  const right = fx === 0 ? 0 : 1;
  const down = fy === 0 ? 0 : width + 1;
  const at = j * (width + 1) + i;
  const upper = sums[at]! + (sums[at + right]! - sums[at]!) * fx;
  const lower = sums[at + down]! + (sums[at + down + right]! - sums[at + down]!) * fx;
  return upper + (lower - upper) * fy;
}
