import type { Plane } from './plane.ts';

/**
 * Median of a size x size window, border replicated, equal to OpenCV's `medianBlur` of 8-bit images. `size` is odd.
 * A histogram slides along each row (T. Huang et al., 1979): 2·size updates a pixel, and the median moves little.
 */
export function medianBlur({ width, height, data }: Plane, size: number): Uint8Array {
  const out = new Uint8Array(data.length);
  if (size <= 1) return Uint8Array.from(data);
  const radius = size >> 1;
  const half = (size * size) >> 1;
  const counts = new Int32Array(256);
  const rows = new Int32Array(size);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < size; k++) rows[k] = clamp(y + k - radius, height) * width;
    counts.fill(0);
    for (let k = 0; k < size; k++)
      for (let dx = -radius; dx <= radius; dx++) counts[data[rows[k]! + clamp(dx, width)]!]!++;
    // `below` counts window values under `median`: below <= half < below + counts[median].
    let median = 0;
    let below = 0;
    for (let x = 0; ; ) {
      while (below > half) below -= counts[--median]!;
      while (below + counts[median]! <= half) below += counts[median++]!;
      out[y * width + x] = median;
      if (++x === width) break;
      const leaving = clamp(x - radius - 1, width);
      const entering = clamp(x + radius, width);
      for (let k = 0; k < size; k++) {
        const old = data[rows[k]! + leaving]!;
        const fresh = data[rows[k]! + entering]!;
        counts[old]!--;
        if (old < median) below--;
        counts[fresh]!++;
        if (fresh < median) below++;
      }
    }
  }
  return out;
}

/**
 * 1 where the median of the window is above `threshold`, without a median: that is so exactly where at least
 * (size² + 1) / 2 of the window's values are above it. Border replicated, `size` odd; linear in pixels, not in `size`.
 */
export function selectMedianAbove({ width, height, data }: Plane, size: number, threshold: number): Uint8Array {
  const mask = new Uint8Array(data.length);
  const radius = size >> 1;
  // How many of the window's rows are above, by column; beyond the picture the border's columns again.
  const columns = new Int32Array(width + 2 * radius + 1);
  const last = width + radius - 1;
  for (let k = -radius; k <= radius; k++) {
    const row = clamp(k, height) * width;
    for (let x = 0; x < width; x++) if (data[row + x]! > threshold) columns[radius + x]!++;
  }
  for (let y = 0; y < height; y++) {
    columns.fill(columns[radius]!, 0, radius).fill(columns[last]!, last + 1);
    markMajority(columns, mask.subarray(y * width, (y + 1) * width), size);
    const leaving = clamp(y - radius, height) * width;
    const entering = clamp(y + radius + 1, height) * width;
    for (let x = 0; x < width; x++)
      columns[radius + x]! += (data[entering + x]! > threshold ? 1 : 0) - (data[leaving + x]! > threshold ? 1 : 0);
  }
  return mask;
}

/** 1 where the next `size` columns sum to more than half of the window. */
function markMajority(columns: Int32Array, row: Uint8Array, size: number): void {
  const half = (size * size) >> 1;
  let count = 0;
  for (let k = 0; k < size; k++) count += columns[k]!;
  for (let x = 0; x < row.length; x++) {
    row[x] = (half - count) >>> 31;
    count += columns[x + size]! - columns[x]!;
  }
}

function clamp(i: number, length: number): number {
  return i < 0 ? 0 : i >= length ? length - 1 : i;
}
