/** Loops over the elements of one parameter. */

/** Sum of squares, in double precision: four sums, as an addition would wait for the one before it. */
export function sumSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * values[i]!;
    b += values[i + 1]! * values[i + 1]!;
    c += values[i + 2]! * values[i + 2]!;
    d += values[i + 3]! * values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! * values[i]!;
  return a + b + (c + d);
}

export function scaleValues(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor;
}

/** `sums += values * factor` */
export function addScaled(sums: Float32Array, values: Float32Array, factor: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + values[i]! * factor;
}

/** `averages = averages * keep + values * (1 - keep)` */
export function blendValues(averages: Float32Array, values: Float32Array, keep: number): void {
  const rest = 1 - keep;
  for (let i = 0; i < averages.length; i++) averages[i] = averages[i]! * keep + values[i]! * rest;
}
