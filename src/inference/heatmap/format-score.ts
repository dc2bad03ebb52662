/** Three digits: `0.0214`, `1.27e-5`. */
export function formatScore(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e5 ? value.toExponential(2) : value.toPrecision(3);
}
