import { interpolateOrder } from './select-order.ts';

/** Value at `share` percent (0..100) of `values`, between order statistics by a straight line, as NumPy's `percentile`. */
export function computePercentile(values: Float64Array, share: number): number {
  const own = values.slice();
  return interpolateOrder(own, (share / 100) * (own.length - 1));
}
