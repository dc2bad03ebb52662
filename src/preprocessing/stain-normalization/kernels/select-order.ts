import { interpolate } from './interpolate.ts';

/**
 * The `rank`-th smallest (from 0) of `values`, which are put into another order: none before it is larger, none behind it
 * smaller. No number may be NaN.
 * Source: C. A. R. Hoare, "Algorithm 65: find", CACM 4 (1961) 321.
 */
export function selectOrder(values: Float64Array, rank: number): number {
  for (let left = 0, right = values.length - 1; left < right; ) {
    const pivot = median(values[left]!, values[(left + right) >> 1]!, values[right]!);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swap = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swap;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return values[rank]!;
}

/**
 * What lies at `position` in the order of `values`, between two of them by a straight line. With `convert`, which must not fall,
 * between what becomes of the two.
 */
export function interpolateOrder(
  values: Float64Array,
  position: number,
  convert: (value: number) => number = (value) => value,
): number {
  const below = Math.floor(position);
  const low = convert(selectOrder(values, below));
  if (below + 1 >= values.length) return low;
  let high = values[below + 1]!;
  for (let i = below + 2; i < values.length; i++) if (values[i]! < high) high = values[i]!;
  return interpolate(low, convert(high), position - below);
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
