/**
 * Percentiles near the end of an order without the order: a sample says where the end begins, one pass over the pixels picks
 * out what lies there, and of that little the order statistics are exact.
 */

import { interpolateOrder, selectOrder } from '../kernels/select-order.ts';
import { countWithin } from '../kernels/tail-values.ts';

/** Fewer pixels are sorted instead. */
export const FEWEST_PIXELS = 8192;
export const SAMPLE_PIXELS = 2048;
/** In standard deviations of a rank in the sample, so that the end is all but never cut too short. */
const MARGIN = 5;

/** Which end of the order: `share` percent from below or from above. */
export interface TailEnd {
  readonly share: number;
  readonly from: 'low' | 'high';
}

/** Where the end begins, with a margin; undefined where the sample is too small to tell. Changes the order of `sample`. */
export function estimateEdge(sample: Float64Array, { share, from }: TailEnd): number | undefined {
  const expected = (share / 100) * sample.length;
  const rank = Math.ceil(expected + MARGIN * Math.sqrt(expected) + 3);
  if (2 * rank >= sample.length) return undefined;
  const edge = selectOrder(sample, from === 'low' ? rank : sample.length - 1 - rank);
  return Number.isFinite(edge) ? edge : undefined;
}

export interface TailValues {
  /** All that lie beyond `edge`, in any order, and maybe others near it; the order changes. */
  readonly values: Float64Array;
  readonly edge: number;
  /** Of how many numbers it is the end. */
  readonly total: number;
  /** Makes of a number that of which the percentile is asked: it must not fall. */
  readonly convert?: (value: number) => number;
}

/** The percentile as NumPy has it, bit for bit that of all values; undefined where the end was cut too short. */
export function computeTailPercentile(
  { values, edge, total, convert }: TailValues,
  { share, from }: TailEnd,
): number | undefined {
  const position = ((from === 'low' ? share : 100 - share) / 100) * (total - 1);
  const below = Math.floor(position);
  const needed = from === 'low' ? below + 2 : total - below;
  if (countWithin(values, values.length, edge, from === 'low' ? 1 : -1) < Math.min(needed, total)) return undefined;
  return interpolateOrder(values, from === 'low' ? position : position - (total - values.length), convert);
}
