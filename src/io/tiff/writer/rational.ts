/** Largest numerator and denominator of TIFF's RATIONAL. */
const MOST = 2 ** 32 - 1;

/**
 * The fraction of two 32-bit numbers that is nearest to `value`, by its continued fraction: a number that was written with a
 * few decimals comes back exactly. `value` is above 0 and at most 2^32 - 1.
 */
export function toRational(value: number): [numerator: number, denominator: number] {
  let [before, last] = [
    [0, 1],
    [1, 0],
  ] as [[number, number], [number, number]];
  let rest = value;
  for (let step = 0; step < 40; step++) {
    const whole = Math.floor(rest);
    const next: [number, number] = [whole * last[0] + before[0], whole * last[1] + before[1]];
    if (next[0] > MOST || next[1] > MOST) break;
    before = last;
    last = next;
    const fraction = rest - whole;
    // What is left is the rounding of the number itself.
    if (fraction === 0 || last[0] / last[1] === value) break;
    rest = 1 / fraction;
  }
  return last;
}
