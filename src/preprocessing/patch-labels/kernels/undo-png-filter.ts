/**
 * Undoes the filter of a row of a PNG in place (PNG 3rd edition, section 9).
 * @param before the row above, without its filter; zeros above the first
 * @param step bytes of a pixel, at least 1
 * @returns false for a filter that does not exist
 */
export function undoPngFilter(filter: number, row: Uint8Array, before: Uint8Array, step: number): boolean {
  const { length } = row;
  if (filter === 0) return true;
  if (filter === 1) for (let i = step; i < length; i++) row[i]! += row[i - step]!;
  else if (filter === 2) for (let i = 0; i < length; i++) row[i]! += before[i]!;
  else if (filter === 3)
    for (let i = 0; i < length; i++) row[i]! += ((i < step ? 0 : row[i - step]!) + before[i]!) >> 1;
  else if (filter === 4) undoPaeth(row, before, step);
  return filter <= 4;
}

function undoPaeth(row: Uint8Array, before: Uint8Array, step: number): void {
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : row[i - step]!;
    const up = before[i]!;
    const corner = i < step ? 0 : before[i - step]!;
    const toLeft = Math.abs(up - corner);
    const toUp = Math.abs(left - corner);
    const toCorner = Math.abs(left + up - 2 * corner);
    row[i]! += toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
  }
}
