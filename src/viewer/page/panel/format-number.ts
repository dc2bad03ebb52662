/** Four digits that count: `0.3781`, `54770`, `1.977e-4`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const short = Number(value.toPrecision(4));
  return short !== 0 && Math.abs(short) < 1e-3 ? short.toExponential() : String(short);
}

/** `3,818` */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}
