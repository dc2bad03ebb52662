/** Bytes of a pixel. */
const BYTES = 2;

/**
 * Grey samples of 16 bits as the rows of a PNG: high bytes first, each row after the filter (none, left, above, or Paeth's guess)
 * that leaves the least sum of absolute differences, which compresses well as a rule (PNG specification 12.8). The same
 * samples give the same bytes.
 */
export function filterWideRows(samples: Uint16Array, width: number, height: number): Uint8Array {
  const length = width * BYTES;
  const out = new Uint8Array(height * (length + 1));
  // A pixel of zeros stands before each row, so that the first pixel needs no case of its own.
  let above = new Uint8Array(length + BYTES);
  let line = new Uint8Array(length + BYTES);
  for (let row = 0; row < height; row++) {
    for (let i = BYTES, from = row * width; i < line.length; i += BYTES, from++) {
      const sample = samples[from]!;
      line[i] = sample >> 8;
      line[i + 1] = sample;
    }
    const filter = chooseFilter(line, above);
    const at = row * (length + 1);
    out[at] = filter;
    applyFilter(filter, { line, above }, out.subarray(at + 1, at + 1 + length));
    [above, line] = [line, above];
  }
  return out;
}

/** The one of the least sum of what is left, as signed bytes; of equal ones the first. */
function chooseFilter(line: Uint8Array, above: Uint8Array): number {
  let none = 0;
  let sub = 0;
  let up = 0;
  let paeth = 0;
  for (let i = BYTES; i < line.length; i++) {
    const own = line[i]!;
    const left = line[i - BYTES]!;
    const top = above[i]!;
    none += Math.abs((own << 24) >> 24);
    sub += Math.abs(((own - left) << 24) >> 24);
    up += Math.abs(((own - top) << 24) >> 24);
    paeth += Math.abs(((own - guessPaeth(left, top, above[i - BYTES]!)) << 24) >> 24);
  }
  const least = Math.min(none, sub, up, paeth);
  return none === least ? 0 : sub === least ? 1 : up === least ? 2 : 4;
}

function applyFilter(filter: number, { line, above }: { line: Uint8Array; above: Uint8Array }, out: Uint8Array): void {
  for (let to = 0, i = BYTES; to < out.length; to++, i++) {
    const left = line[i - BYTES]!;
    const top = above[i]!;
    const guess =
      filter === 0 ? 0 : filter === 1 ? left : filter === 2 ? top : guessPaeth(left, top, above[i - BYTES]!);
    out[to] = line[i]! - guess;
  }
}

/** Of left, above and above left the one nearest to left + above - above left; ties in that order. */
function guessPaeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
