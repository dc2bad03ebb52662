/**
 * Features out of what a model gives for a batch, one row of `target` a patch. Sums are in double precision and rounded once.
 */

/** Means of maps [rows, channels, places]. */
export function poolMaps(maps: Float32Array, places: number, target: Float32Array): void {
  for (let at = 0, from = 0; at < target.length; at++) {
    let sum = 0;
    for (let end = from + places; from < end; from++) sum += maps[from]!;
    target[at] = sum / places;
  }
}

/** Copies token `index` of each row of [rows, tokens, channels] to `offset` of each row of the target, `width` wide. */
export function copyToken(
  data: Float32Array,
  { tokens, channels, index }: { tokens: number; channels: number; index: number },
  { target, width, offset }: { target: Float32Array; width: number; offset: number },
): void {
  for (let row = 0; row * width < target.length; row++) {
    const from = (row * tokens + index) * channels;
    target.set(data.subarray(from, from + channels), row * width + offset);
  }
}

/** The mean of tokens from `first` on, in place of one. */
export function poolTokens(
  data: Float32Array,
  { tokens, channels, first }: { tokens: number; channels: number; first: number },
  { target, width, offset }: { target: Float32Array; width: number; offset: number },
): void {
  const sums = new Float64Array(channels);
  for (let row = 0; row * width < target.length; row++) {
    sums.fill(0);
    for (let token = first; token < tokens; token++) {
      const from = (row * tokens + token) * channels;
      for (let channel = 0; channel < channels; channel++) sums[channel]! += data[from + channel]!;
    }
    for (let channel = 0; channel < channels; channel++)
      target[row * width + offset + channel] = sums[channel]! / (tokens - first);
  }
}

/** Position of the first number at least as far from 0 as `limit`; -1 where there is no such. */
export function findBeyond(features: Float32Array, limit: number): number {
  for (let at = 0; at < features.length; at++) if (Math.abs(features[at]!) >= limit) return at;
  return -1;
}

/** Position of the first number that is infinite or none; -1 where there is no such. */
export function findUnusable(features: Float32Array): number {
  for (let at = 0; at < features.length; at++) if (!Number.isFinite(features[at]!)) return at;
  return -1;
}
