/** Loops over the values of one tensor, for calibration. */

/** Least and greatest value, together with what was known before; NaN is passed over. */
export function extendRange(values: Float32Array, range: { min: number; max: number }): void {
  let { min, max } = range;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  range.min = min;
  range.max = max;
}

/** Adds how many values lie in each of `bins.length` equal parts of [min, max]; what lies outside counts at the ends. */
export function countBins(values: Float32Array, { min, max }: { min: number; max: number }, bins: Float64Array): void {
  const last = bins.length - 1;
  const factor = max > min ? bins.length / (max - min) : 0;
  for (let at = 0; at < values.length; at++) {
    const bin = Math.floor((values[at]! - min) * factor);
    bins[bin < 0 ? 0 : bin > last ? last : bin]!++;
  }
}
