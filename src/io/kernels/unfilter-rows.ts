/**
 * Undoes the filters of PNG in place: rows of a filter byte and `stride` bytes of pixels, one after the other.
 * @param step bytes of a pixel
 * @returns false where a row names a filter that does not exist
 */
export function unfilterRows(rows: Uint8Array, { stride, step }: { stride: number; step: number }): boolean {
  for (let start = 0; start + stride < rows.length; start += stride + 1) {
    const filter = rows[start]!;
    if (filter > 4) return false;
    const first = start + 1;
    const end = first + stride;
    for (let at = first; filter > 0 && at < end; at++) {
      const left = at - step < first ? 0 : rows[at - step]!;
      const up = start === 0 ? 0 : rows[at - stride - 1]!;
      if (filter === 1) rows[at]! += left;
      else if (filter === 2) rows[at]! += up;
      else if (filter === 3) rows[at]! += (left + up) >> 1;
      else rows[at]! += predict(left, up, start === 0 || at - step < first ? 0 : rows[at - stride - 1 - step]!);
    }
  }
  return true;
}

/** Of left, up and the one between them: the nearest to `left + up - between` (Paeth, PNG 9.4). */
function predict(left: number, up: number, between: number): number {
  const byLeft = Math.abs(up - between);
  const byUp = Math.abs(left - between);
  const byBetween = Math.abs(left + up - 2 * between);
  if (byLeft <= byUp && byLeft <= byBetween) return left;
  return byUp <= byBetween ? up : between;
}
