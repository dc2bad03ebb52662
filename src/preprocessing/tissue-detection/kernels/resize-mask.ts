import type { Plane } from './plane.ts';
import { sampleTiledAxis } from './sample-rows.ts';

/**
 * 1 where a bilinear resize of the 0/255 mask (pixel centres aligned, edges replicated, no anti-aliasing, as OpenCV's
 * INTER_LINEAR) is not 0 after rounding. Enlarged pieces grow by nearly half a source pixel.
 */
export function resizeMask({ width, height, data }: Plane, toWidth: number, toHeight: number): Plane {
  const columns = sampleTiledAxis(width, toWidth, { size: toWidth, source: width, stride: 0 });
  const rows = sampleTiledAxis(height, toHeight, { size: toHeight, source: height, stride: 0 });
  const out = new Uint8Array(toWidth * toHeight);
  for (let y = 0; y < toHeight; y++) {
    const fy = rows.weight[y]!;
    const upper = rows.index[y]! * width;
    const lower = Math.min(height - 1, rows.index[y]! + 1) * width;
    for (let x = 0; x < toWidth; x++) {
      const fx = columns.weight[x]!;
      const left = columns.index[x]!;
      const right = Math.min(width - 1, left + 1);
      const above = data[upper + left]! * (1 - fx) + data[upper + right]! * fx;
      const below = data[lower + left]! * (1 - fx) + data[lower + right]! * fx;
      if ((above * (1 - fy) + below * fy) * 255 >= 0.5) out[y * toWidth + x] = 1;
    }
  }
  return { width: toWidth, height: toHeight, data: out };
}
