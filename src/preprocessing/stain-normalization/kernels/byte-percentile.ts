import { interpolate } from './interpolate.ts';

/** How often each of the values 0..255 occurs. */
export function countBytes(values: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < values.length; i++) counts[values[i]!]!++;
  return counts;
}

/** Value at `share` percent (0..100), between order statistics by a straight line, as NumPy's `percentile`. */
export function computeBytePercentile(counts: Uint32Array, share: number): number {
  let total = 0;
  for (let v = 0; v < 256; v++) total += counts[v]!;
  const at = (share / 100) * (total - 1);
  const below = Math.floor(at);
  const low = findOrderStatistic(counts, below);
  return interpolate(low, findOrderStatistic(counts, Math.min(below + 1, total - 1)), at - below);
}

/** The value that stands at `rank` (from 0) among all in order; 0 where there are none. */
function findOrderStatistic(counts: Uint32Array, rank: number): number {
  let seen = 0;
  for (let v = 0; v < 256; v++) {
    seen += counts[v]!;
    if (seen > rank) return v;
  }
  return 0;
}
