/** How often each of 256 values occurs in each of three interleaved channels: those of the first, the second, the third. */
export function countTriples(values: Uint8Array): Uint32Array {
  const counts = new Uint32Array(3 * 256);
  for (let p = 0; p < values.length; p += 3) {
    counts[values[p]!]!++;
    counts[256 + values[p + 1]!]!++;
    counts[512 + values[p + 2]!]!++;
  }
  return counts;
}
