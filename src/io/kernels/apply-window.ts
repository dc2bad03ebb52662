import type { SampleArray } from '../sample-raster.ts';

/**
 * Samples to grey of 8 bits: `low` and what is below is 0, `high` and above 255, between them the nearest of the levels on a
 * straight line, halves up. What is no number is 0.
 */
export function applyWindow(values: SampleArray, [low, high]: readonly [low: number, high: number]): Uint8Array {
  const out = new Uint8Array(values.length);
  const span = high - low;
  for (let i = 0; i < values.length; i++) {
    const level = ((values[i]! - low) * 255) / span + 0.5;
    // A comparison with NaN is false.
    out[i] = level >= 255 ? 255 : level > 0 ? level : 0;
  }
  return out;
}
