/**
 * Marks (1) the pixels none of whose channels is brighter than `brightest`, clears the others, and returns how many are
 * marked. `mask` has one byte a pixel.
 */
export function markDense(rgb: Uint8Array, brightest: number, mask: Uint8Array): number {
  let count = 0;
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    const dense = Math.max(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!) <= brightest ? 1 : 0;
    mask[i] = dense;
    count += dense;
  }
  return count;
}
