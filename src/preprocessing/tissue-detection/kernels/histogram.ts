/** Counts of the values 0..255. */
export function computeHistogram(values: Uint8Array): Float64Array {
  // Four tables: on glass one counter would wait for itself from pixel to pixel.
  const parts = new Uint32Array(4 * 256);
  const whole = values.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    parts[values[i]!]!++;
    parts[256 + values[i + 1]!]!++;
    parts[512 + values[i + 2]!]!++;
    parts[768 + values[i + 3]!]!++;
  }
  for (let i = whole; i < values.length; i++) parts[values[i]!]!++;
  return Float64Array.from({ length: 256 }, (_, v) => parts[v]! + parts[256 + v]! + parts[512 + v]! + parts[768 + v]!);
}

export interface OtsuSplit {
  /** The first class is `value <= threshold`, the second the rest. */
  readonly threshold: number;
  /** Mean value of the first class and of the second; equal where there is only one class. */
  readonly low: number;
  readonly high: number;
}

/**
 * Otsu's threshold of a 256-bin histogram under OpenCV's rule: the first maximum of q1·q2·(μ1-μ2)² wins, classes whose
 * share is below float epsilon do not count, and a histogram with a single value gives 0.
 * Source: N. Otsu, IEEE Trans. SMC 9 (1979) 62-66.
 */
export function computeOtsu(counts: Float64Array): OtsuSplit {
  const epsilon = 1.1920928955078125e-7;
  let total = 0;
  let sum = 0;
  for (let i = 0; i < 256; i++) {
    total += counts[i]!;
    sum += i * counts[i]!;
  }
  const mean = total > 0 ? sum / total : 0;
  let best = { threshold: 0, low: mean, high: mean };
  let bestVariance = 0;
  let q1 = 0;
  let mean1 = 0;
  for (let i = 0; i < 256 && total > 0; i++) {
    const share = counts[i]! / total;
    mean1 *= q1;
    q1 += share;
    const q2 = 1 - q1;
    if (Math.min(q1, q2) < epsilon || Math.max(q1, q2) > 1 - epsilon) continue;
    mean1 = (mean1 + i * share) / q1;
    const mean2 = (mean - q1 * mean1) / q2;
    const variance = q1 * q2 * (mean1 - mean2) * (mean1 - mean2);
    if (variance > bestVariance) {
      bestVariance = variance;
      best = { threshold: i, low: mean1, high: mean2 };
    }
  }
  return best;
}

/**
 * Otsu's threshold of real numbers as scikit-image computes it: 256 equal bins between the smallest and the largest
 * value, the threshold is the centre of the bin that ends the first class. All values equal gives that value.
 */
export function computeOtsuOfFloats(values: Float64Array): number {
  const bins = 256;
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < min) min = values[i]!;
    if (values[i]! > max) max = values[i]!;
  }
  if (!(max > min)) return min;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? max : min + (i * (max - min)) / bins));
  const counts = countIntoBins(values, edges);
  const centers = Float64Array.from({ length: bins }, (_, i) => (edges[i]! + edges[i + 1]!) / 2);
  return centers[findBestSplit(counts, centers)]!;
}

/** Half-open equal bins, the last one closed; a value that rounding put beside its bin is moved to it. */
function countIntoBins(values: Float64Array, edges: Float64Array): Float64Array {
  const bins = edges.length - 1;
  const min = edges[0]!;
  const max = edges[bins]!;
  const scale = bins / (max - min);
  const counts = new Float64Array(bins);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // White glass, the most of a picture.
    if (value === max) {
      counts[bins - 1]!++;
      continue;
    }
    let bin = Math.min(bins - 1, Math.floor((value - min) * scale));
    if (value < edges[bin]!) bin--;
    else if (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}

function findBestSplit(counts: Float64Array, centers: Float64Array): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i]!;
    sum += counts[i]! * centers[i]!;
  }
  let weight = 0;
  let partial = 0;
  let best = 0;
  let bestVariance = -1;
  for (let i = 0; i < counts.length - 1; i++) {
    weight += counts[i]!;
    partial += counts[i]! * centers[i]!;
    const difference = partial / weight - (sum - partial) / (total - weight);
    const variance = weight * (total - weight) * difference * difference;
    if (variance > bestVariance) {
      bestVariance = variance;
      best = i;
    }
  }
  return best;
}
