/**
 * Mean of each `factor` x `factor` square of a child tile, written into its place (`left`, `top`) of the parent tile.
 * Both are interleaved RGB of `size` x `size` pixels; means are rounded to nearest.
 */
export function reduceInto(
  parent: Uint8ClampedArray,
  child: Uint8ClampedArray,
  at: { size: number; factor: number; left: number; top: number },
): void {
  const { size, factor, left, top } = at;
  const side = size / factor;
  const scale = 1 / (factor * factor);
  const sums = new Uint32Array(side * 3);
  for (let row = 0; row < side; row++) {
    sums.fill(0);
    for (let y = 0; y < factor; y++) addRow(sums, child, (row * factor + y) * size * 3, factor);
    const out = ((top + row) * size + left) * 3;
    for (let i = 0; i < sums.length; i++) parent[out + i] = sums[i]! * scale;
  }
}

function addRow(sums: Uint32Array, child: Uint8ClampedArray, start: number, factor: number): void {
  let at = start;
  for (let i = 0; i < sums.length; i += 3) {
    for (let x = 0; x < factor; x++, at += 3) {
      sums[i]! += child[at]!;
      sums[i + 1]! += child[at + 1]!;
      sums[i + 2]! += child[at + 2]!;
    }
  }
}
