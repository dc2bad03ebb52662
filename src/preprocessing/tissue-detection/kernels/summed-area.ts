import type { Plane } from './plane.ts';

/** Sums of all pixels above and left of each corner: (width + 1) x (height + 1), first row and column 0. */
export interface SummedArea {
  readonly width: number;
  readonly height: number;
  readonly sums: Uint32Array;
}

/** Exact for masks (bytes 0 and 1) of less than 2³² pixels. */
export function computeSummedArea({ width, height, data }: Plane): SummedArea {
  const stride = width + 1;
  const sums = new Uint32Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += data[y * width + x]!;
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1]! + row;
    }
  }
  return { width, height, sums };
}

/** Sum over the pixels left <= x < right, top <= y < bottom; what lies outside the image counts 0. */
export function sumBox(area: SummedArea, box: { left: number; top: number; right: number; bottom: number }): number {
  const { width, height, sums } = area;
  const left = Math.min(width, Math.max(0, box.left));
  const right = Math.min(width, Math.max(left, box.right));
  const top = Math.min(height, Math.max(0, box.top)) * (width + 1);
  const bottom = Math.max(top, Math.min(height, Math.max(0, box.bottom)) * (width + 1));
  return sums[bottom + right]! - sums[top + right]! - sums[bottom + left]! + sums[top + left]!;
}
