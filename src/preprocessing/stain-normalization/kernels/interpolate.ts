/** NumPy's rounding: from the nearer end. */
export function interpolate(low: number, high: number, t: number): number {
  return t >= 0.5 ? high - (high - low) * (1 - t) : low + (high - low) * t;
}
