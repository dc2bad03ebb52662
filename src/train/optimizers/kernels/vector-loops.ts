/** Loops over the elements of one parameter. */

/** Sum of squares, in double precision. */
export function sumSquares(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
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
