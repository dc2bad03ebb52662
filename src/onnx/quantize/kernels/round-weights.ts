/**
 * Rounds weights to whole numbers of `limit` at most, each channel by its own scale, halves to the even one as ONNX rounds.
 * @param shape `outer` blocks of one value for each channel, repeated `inner` times
 */
export function roundWeights(
  weights: Float32Array,
  scales: Float32Array,
  { outer, inner, limit }: { outer: number; inner: number; limit: number },
): Int8Array {
  const rounded = new Int8Array(weights.length);
  const channels = scales.length;
  for (let block = 0, at = 0; block < outer; block++)
    for (let channel = 0; channel < channels; channel++)
      for (let k = 0; k < inner; k++, at++) {
        const level = roundEven(weights[at]! / scales[channel]!);
        rounded[at] = level > limit ? limit : level < -limit ? -limit : level;
      }
  return rounded;
}

/** Largest absolute weight of each channel. */
export function findLargest(
  weights: Float32Array,
  channels: number,
  { outer, inner }: { outer: number; inner: number },
): Float64Array {
  const largest = new Float64Array(channels);
  for (let block = 0, at = 0; block < outer; block++)
    for (let channel = 0; channel < channels; channel++)
      for (let k = 0; k < inner; k++, at++) largest[channel] = Math.max(largest[channel]!, Math.abs(weights[at]!));
  return largest;
}

/** To the nearest whole number, halves to the even one. */
export function roundEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest < 0.5) return below;
  return rest > 0.5 || below % 2 !== 0 ? below + 1 : below;
}
