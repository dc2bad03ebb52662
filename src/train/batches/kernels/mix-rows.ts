/**
 * Mixes each of `count` rows with the one that stands as far from the other end, in place: `share` of itself and the rest of
 * its partner. A row in the middle stays as it is.
 */
export function mixRows(values: Float32Array, count: number, share: number): void {
  const length = values.length / count;
  const rest = 1 - share;
  for (let low = 0, high = count - 1; low < high; low++, high--) {
    for (let i = 0, a = low * length, b = high * length; i < length; i++, a++, b++) {
      const [first, second] = [values[a]!, values[b]!];
      values[a] = share * first + rest * second;
      values[b] = share * second + rest * first;
    }
  }
}
