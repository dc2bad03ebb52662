/** Adds rows to sums of values and of squares, both about `origin`, column by column. */
export function addMoments(
  features: Float32Array,
  { sums, squares, origin }: { sums: Float64Array; squares: Float64Array; origin: Float32Array },
): void {
  const dim = sums.length;
  for (let at = 0; at < features.length; at += dim)
    for (let k = 0; k < dim; k++) {
      const value = features[at + k]! - origin[k]!;
      sums[k]! += value;
      squares[k]! += value * value;
    }
}
