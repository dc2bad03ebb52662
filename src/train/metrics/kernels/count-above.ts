export interface CountPlan {
  /** 1 for a positive example, 0 for a negative one. */
  readonly labels: Uint8Array;
  /** Examples from the highest score down. */
  readonly order: Uint32Array;
  /** Where groups of equal scores end in `order`. */
  readonly ends: Uint32Array;
  /** How often each example counts; undefined: once. */
  readonly counts: Uint32Array | undefined;
}

/** Writes for each distinct score how many positive and negative examples have it or a higher one. */
export function countAbove(
  { labels, order, ends, counts }: CountPlan,
  positives: Float64Array,
  negatives: Float64Array,
): void {
  let positive = 0;
  let negative = 0;
  for (let group = 0, at = 0; group < ends.length; group++) {
    for (const end = ends[group]!; at < end; at++) {
      const example = order[at]!;
      const count = counts ? counts[example]! : 1;
      if (labels[example] === 1) positive += count;
      else negative += count;
    }
    positives[group] = positive;
    negatives[group] = negative;
  }
}
