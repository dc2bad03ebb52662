/**
 * What the loops of stain normalisation compute, written down as the formulas say it: every pixel's numbers kept, sorted and looked
 * up, with a logarithm, an arc tangent and an exponential each.
 */
export function listTissue(rgb: Uint8Array, brightest: number): number[][] {
  const found: number[][] = [];
  for (let p = 0; p < rgb.length; p += 3) {
    const pixel = [...rgb.subarray(p, p + 3)];
    if (Math.max(...pixel) <= brightest) found.push(pixel);
  }
  return found;
}

/** Covariance (divided by count - 1) of the densities of R, G, B, in two passes as NumPy's `cov`: 3 x 3 by rows. */
export function computeCovariance(pixels: readonly number[][], density: Float64Array): number[] {
  const rows = pixels.map((pixel) => pixel.map((level) => density[level]!));
  const mean = [0, 1, 2].map((c) => rows.reduce((sum, row) => sum + row[c]!, 0) / rows.length);
  const centred = rows.map((row) => row.map((value, c) => value - mean[c]!));
  return [0, 1, 2].flatMap((i) =>
    [0, 1, 2].map((j) => centred.reduce((sum, row) => sum + row[i]! * row[j]!, 0) / (rows.length - 1)),
  );
}

/** NumPy's percentile by sorting. */
export function computeSortedPercentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = (share / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.min(Math.floor(at) + 1, sorted.length - 1)]!;
  const t = at - Math.floor(at);
  return t >= 0.5 ? high - (high - low) * (1 - t) : low + (high - low) * t;
}

export function dotDensity(pixel: readonly number[], density: Float64Array, row: readonly number[]): number {
  return row[0]! * density[pixel[0]!]! + row[1]! * density[pixel[1]!]! + row[2]! * density[pixel[2]!]!;
}

/** A picture of two stains on glass, with noise: RGB of `pixels` pixels, `share` of them tissue. */
export function createStainedNoise(pixels: number, share: number, random: { uniform(): number }): Uint8Array {
  const rgb = new Uint8Array(3 * pixels);
  for (let p = 0; p < rgb.length; p += 3) {
    const inTissue = random.uniform() < share;
    const [h, e] = inTissue ? [1.5 * random.uniform(), 0.2 + 0.8 * random.uniform()] : [0, 0];
    for (const [c, of] of [
      [0.65, 0.1],
      [0.7, 0.95],
      [0.29, 0.3],
    ].entries()) {
      const value = 240 * Math.exp(-of[0]! * h - of[1]! * e) + 8 * (random.uniform() - 0.5);
      rgb[p + c] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return rgb;
}
