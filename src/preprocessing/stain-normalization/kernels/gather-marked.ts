/** The `count` pixels that are marked in `mask`, one behind the other. */
export function gatherMarked(rgb: Uint8Array, mask: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(3 * count);
  for (let i = 0, p = 0, to = 0; i < mask.length; i++, p += 3) {
    if (mask[i] === 0) continue;
    out[to] = rgb[p]!;
    out[to + 1] = rgb[p + 1]!;
    out[to + 2] = rgb[p + 2]!;
    to += 3;
  }
  return out;
}
