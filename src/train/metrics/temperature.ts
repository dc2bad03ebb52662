import { softmaxRows } from './kernels/softmax-rows.ts';

export interface Temperature {
  /** Logits are divided by it; 1 changes nothing. */
  readonly temperature: number;
  /** False where no temperature makes the log loss least: it stays 1. */
  readonly isFitted: boolean;
}

/** Temperatures are held within 1 / this and this. */
const MOST = 20;
const ROUNDS = 60;

/** Probabilities of each class, of logits divided by a temperature. @returns rows x classes */
export function calibrate(logits: Float32Array, temperature: number, classCount: number): Float32Array {
  return softmaxRows(
    logits.map((value) => value / temperature),
    classCount,
  );
}

/**
 * The temperature that makes the log loss of examples least (C. Guo et al., On calibration of modern neural networks, 2017).
 * In 1 / temperature the loss is convex: its derivative is the mean over examples of the expected logit less the logit of what
 * the example is, and its root is found by Newton's method within a bracket that is halved where a step leaves it. Where every
 * example is taken for what it is the loss falls without end, and where there are none there is no loss: then it stays 1.
 * @param logits examples x classes
 */
export function fitTemperature(logits: Float32Array, labels: readonly number[], classCount: number): Temperature {
  if (isWithoutMinimum(logits, labels, classCount)) return { temperature: 1, isFitted: false };
  let [low, high] = [1 / MOST, MOST];
  const measure = (factor: number) => measureSlope(logits, labels, { classCount, factor });
  if (measure(low).slope >= 0) return { temperature: MOST, isFitted: true };
  if (measure(high).slope <= 0) return { temperature: 1 / MOST, isFitted: true };
  let factor = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const { slope, curvature } = measure(factor);
    if (slope > 0) high = factor;
    else low = factor;
    const newton = factor - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - factor) <= 1e-12 * factor) break;
    factor = next;
  }
  return { temperature: 1 / factor, isFitted: true };
}

/** Whether no logit is above that of what the example is: the loss has no least value then. */
function isWithoutMinimum(logits: Float32Array, labels: readonly number[], classCount: number): boolean {
  return labels.every((label, row) => {
    const own = logits[row * classCount + label] ?? 0;
    return logits.subarray(row * classCount, (row + 1) * classCount).every((value) => value <= own);
  });
}

/** First and second derivative of the mean log loss by the factor of the logits. */
function measureSlope(
  logits: Float32Array,
  labels: readonly number[],
  { classCount, factor }: { readonly classCount: number; readonly factor: number },
): { readonly slope: number; readonly curvature: number } {
  let [slope, curvature] = [0, 0];
  for (const [row, label] of labels.entries()) {
    const own = logits.subarray(row * classCount, (row + 1) * classCount);
    const most = own.reduce((highest, value) => Math.max(highest, value), -Infinity);
    let [mass, first, second] = [0, 0, 0];
    for (const value of own) {
      const weight = Math.exp(factor * (value - most));
      mass += weight;
      first += weight * value;
      second += weight * value * value;
    }
    slope += first / mass - (own[label] ?? 0);
    curvature += Math.max(0, second / mass - (first / mass) ** 2);
  }
  return { slope: slope / labels.length, curvature: curvature / labels.length };
}
