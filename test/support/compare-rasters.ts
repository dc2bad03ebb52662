import { expect } from 'vitest';
import type { Raster } from '../../src/io/raster.ts';

/** How far two pictures of the same size are apart, in levels of a sample; `mean` is over all samples. */
export function measureDifference(a: Raster, b: Raster | undefined): { largest: number; mean: number } {
  expect([a.width, a.height, a.channels]).toEqual([b?.width, b?.height, b?.channels]);
  if (!b || Buffer.compare(a.data, b.data) === 0) return { largest: 0, mean: 0 };
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i]! - b.data[i]!);
    if (difference > largest) largest = difference;
    sum += difference;
  }
  return { largest, mean: sum / a.data.length };
}

export function getLargestDifference(a: Raster, b: Raster | undefined): number {
  return measureDifference(a, b).largest;
}
