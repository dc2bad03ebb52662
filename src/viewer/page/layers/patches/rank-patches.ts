/** Order of patches in a list. */
export type Order = 'ascending' | 'descending';

/**
 * All patches by their number, those without one last, equals as they are in the table. A million take about a second: done once
 * for each column.
 */
export function rankPatches(values: Float32Array, order: Order): Uint32Array {
  const all = Uint32Array.from(values, (_, item) => item);
  const hasNumber = (item: number) => !Number.isNaN(values[item]);
  const sign = order === 'ascending' ? 1 : -1;
  const numbered = all.filter(hasNumber).sort((a, b) => sign * compare(values[a] ?? 0, values[b] ?? 0) || a - b);
  const ranked = new Uint32Array(all.length);
  ranked.set(numbered);
  ranked.set(
    all.filter((item) => !hasNumber(item)),
    numbered.length,
  );
  return ranked;
}

/** Infinities differ by NaN, hence no subtraction. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
