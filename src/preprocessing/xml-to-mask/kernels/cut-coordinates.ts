/** Coordinates, x and y by turns, brought to whole steps: towards 0, or to the nearest, halves up. */
export function cutCoordinates(
  ring: Float64Array,
  { x, y }: { readonly x: number; readonly y: number },
  how: 'trunc' | 'round',
): Float64Array {
  const cut = new Float64Array(ring.length);
  const whole = how === 'trunc' ? Math.trunc : Math.round;
  for (let i = 0; i < ring.length; i += 2) {
    cut[i] = whole(ring[i]! / x) * x;
    cut[i + 1] = whole(ring[i + 1]! / y) * y;
  }
  return cut;
}
