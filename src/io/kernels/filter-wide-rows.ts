/** Filter types of PNG that are tried: none, left, above, and Paeth's guess. */
const FILTERS = [0, 1, 2, 4] as const;
/** Bytes of a pixel. */
const BYTES = 2;

/**
 * Grey samples of 16 bits as the rows of a PNG: high bytes first, each row after the filter that leaves the least sum of
 * absolute differences, which compresses well as a rule (PNG specification 12.8). The same samples give the same bytes.
 */
export function filterWideRows(samples: Uint16Array, width: number, height: number): Uint8Array {
  const length = width * BYTES;
  const out = new Uint8Array(height * (length + 1));
  let above = new Uint8Array(length);
  let line = new Uint8Array(length);
  for (let row = 0; row < height; row++) {
    for (let i = 0, from = row * width; i < length; i += BYTES, from++) {
      line[i] = samples[from]! >> 8;
      line[i + 1] = samples[from]! & 255;
    }
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const filter of FILTERS) {
      const cost = applyFilter(filter, { line, above, out: undefined });
      if (cost < least) [best, least] = [filter, cost];
    }
    const at = row * (length + 1);
    out[at] = best;
    applyFilter(best, { line, above, out: out.subarray(at + 1, at + 1 + length) });
    [above, line] = [line, above];
  }
  return out;
}

/** @returns the sum of what is left, as signed bytes */
function applyFilter(
  filter: number,
  { line, above, out }: { line: Uint8Array; above: Uint8Array; out: Uint8Array | undefined },
): number {
  let sum = 0;
  for (let i = 0; i < line.length; i++) {
    const left = i >= BYTES ? line[i - BYTES]! : 0;
    const corner = i >= BYTES ? above[i - BYTES]! : 0;
    const guess =
      filter === 0 ? 0 : filter === 1 ? left : filter === 2 ? above[i]! : guessPaeth(left, above[i]!, corner);
    const rest = (line[i]! - guess) & 255;
    sum += rest < 128 ? rest : 256 - rest;
    if (out) out[i] = rest;
  }
  return sum;
}

/** Of left, above and above left the one nearest to left + above - above left; ties in that order. */
function guessPaeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
