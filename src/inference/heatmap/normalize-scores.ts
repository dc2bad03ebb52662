import type { PatchValues } from './patch-values.ts';

/**
 * How numbers become shares of the colour map. `rank`: the share of patches up to this one, of equal ones the mean (ranks from 1,
 * over their number); `minmax`: from the least to the greatest; `percentile`: between two percentiles, cut off beyond them;
 * `none`: as they are, cut off at 0 and 1. `auto`: `none` for probabilities, else `rank`.
 */
export const NORMALIZATIONS = ['auto', 'rank', 'minmax', 'percentile', 'none'] as const;
export type Normalization = (typeof NORMALIZATIONS)[number];

export interface NormalizedScores {
  readonly normalization: Exclude<Normalization, 'auto'>;
  /** 0..1, one for each patch. */
  readonly shares: Float64Array;
  /** The number that stands behind a share, for a legend. */
  readonly toValue: (share: number) => number;
}

/** @param percentiles of `percentile`, in percent, with straight lines between patches */
export function normalizeScores(
  { values, kind }: Pick<PatchValues, 'values' | 'kind'>,
  { normalize, percentiles }: { readonly normalize: Normalization; readonly percentiles: readonly [number, number] },
): NormalizedScores {
  const normalization = normalize === 'auto' ? (kind === 'probability' ? 'none' : 'rank') : normalize;
  if (normalization === 'none') return stretch(values, { normalization, low: 0, high: 1 });
  const sorted = values.toSorted();
  if (normalization === 'rank')
    return { normalization, shares: rank(values, sorted), toValue: (share) => readQuantile(sorted, share) };
  const [low, high] = normalization === 'percentile' ? percentiles : [0, 100];
  return stretch(values, {
    normalization,
    low: readQuantile(sorted, low / 100),
    high: readQuantile(sorted, high / 100),
  });
}

/** Patches that are all alike lie in the middle. */
function stretch(
  values: Float64Array,
  { normalization, low, high }: { normalization: NormalizedScores['normalization']; low: number; high: number },
): NormalizedScores {
  const range = high - low;
  const shares = values.map((value) => (range > 0 ? Math.min(1, Math.max(0, (value - low) / range)) : 0.5));
  return { normalization, shares, toValue: (share) => low + share * range };
}

function rank(values: Float64Array, sorted: Float64Array): Float64Array {
  const ranks = new Map<number, number>();
  for (let first = 0; first < sorted.length; ) {
    let end = first + 1;
    while (end < sorted.length && sorted[end] === sorted[first]) end++;
    ranks.set(sorted[first] ?? 0, (first + 1 + end) / 2 / sorted.length);
    first = end;
  }
  return values.map((value) => ranks.get(value) ?? 0);
}

/** As NumPy has it by default: a straight line between the two nearest. */
function readQuantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const index = Math.floor(place);
  const low = sorted[index] ?? 0;
  return low + ((sorted[index + 1] ?? low) - low) * (place - index);
}
