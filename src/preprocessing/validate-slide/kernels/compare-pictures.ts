import type { Raster } from '../../../io/raster.ts';

/** How alike two pictures of one size are. */
export interface Likeness {
  /** Pearson's correlation of their brightness, -1..1; NaN where one of them has none. */
  readonly correlation: number;
  /** Mean absolute difference of brightness, 0..255. */
  readonly difference: number;
  /** Standard deviation of the brightness of the flatter one, 0..255. */
  readonly contrast: number;
}

/** Compares the brightness of blocks of `side` x `side` pixels, so that sharpening and half a pixel's shift count little. */
export function comparePictures(a: Raster, b: Raster, side: number): Likeness {
  const first = averageBlocks(a, side);
  const second = averageBlocks(b, side);
  const count = first.length;
  const meanA = first.reduce((sum, value) => sum + value, 0) / count;
  const meanB = second.reduce((sum, value) => sum + value, 0) / count;
  let [varianceA, varianceB, covariance, difference] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [first[i]! - meanA, second[i]! - meanB];
    varianceA += x * x;
    varianceB += y * y;
    covariance += x * y;
    difference += Math.abs(first[i]! - second[i]!);
  }
  return {
    correlation: covariance / Math.sqrt(varianceA * varianceB),
    difference: difference / count,
    contrast: Math.sqrt(Math.min(varianceA, varianceB) / count),
  };
}

/** Mean of all channels of each whole block. */
export function averageBlocks({ width, height, channels, data }: Raster, side: number): Float64Array {
  const columns = Math.max(1, Math.floor(width / side));
  const rows = Math.max(1, Math.floor(height / side));
  const means = new Float64Array(columns * rows);
  const [right, bottom] = [Math.min(width, columns * side), Math.min(height, rows * side)];
  for (let y = 0; y < bottom; y++) {
    const line = Math.min(rows - 1, Math.floor(y / side)) * columns;
    for (let x = 0; x < right; x++) {
      const block = line + Math.min(columns - 1, Math.floor(x / side));
      for (let c = 0; c < channels; c++) means[block]! += data[(y * width + x) * channels + c]!;
    }
  }
  const samples = Math.min(side, width) * Math.min(side, height) * channels;
  return means.map((sum) => sum / samples);
}
