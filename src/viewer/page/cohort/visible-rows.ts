/** Rows to draw of a long table, and the height of those above that are left out. Pixels. */
export interface VisibleRows {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
  readonly above: number;
}

/** Rows beyond both ends of what is seen, so that a step of the wheel shows no gap. */
const SPARE = 6;

export function findVisibleRows({
  count,
  rowHeight,
  top,
  height,
}: {
  readonly count: number;
  readonly rowHeight: number;
  /** Of the table that has been scrolled past. */
  readonly top: number;
  /** Of the window. */
  readonly height: number;
}): VisibleRows {
  const first = clamp(Math.floor(top / rowHeight) - SPARE, count);
  const end = clamp(Math.ceil((top + height) / rowHeight) + SPARE, count);
  return { first, end, above: first * rowHeight };
}

/** Where to scroll so that the row is seen whole, below a head of `head` pixels: as little as need be. */
export function scrollToRow(
  row: number,
  { rowHeight, head, top, height }: { rowHeight: number; head: number; top: number; height: number },
): number {
  const start = row * rowHeight;
  const end = start + rowHeight + head;
  if (start < top) return start;
  return end > top + height ? end - height : top;
}

function clamp(row: number, count: number): number {
  return Math.max(0, Math.min(count, row));
}
