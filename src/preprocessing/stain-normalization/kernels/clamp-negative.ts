/** Whatever is below 0 becomes 0, in place. */
export function clampNegative(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0;
}
