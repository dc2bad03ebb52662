import type { Classifier } from '../classify/open-classifier.ts';
import { findPredicted } from '../classify/score-rows.ts';
import type { CalibrationBatches } from './calibration-batches.ts';

/** How far a rounded model is from the one it was made of, on some pictures. */
export interface ModelComparison {
  readonly pictures: number;
  /** Share of pictures that both take for the same class. */
  readonly agreement: number;
  /** Largest distance of two numbers that the models give, before any activation. */
  readonly largestDifference: number;
  /** Range of what the model in single precision gives, to judge that distance by. */
  readonly outputRange: number;
  /** Milliseconds a picture, of whole batches; of each model the fastest one. */
  readonly milliseconds: { readonly original: number; readonly quantized: number };
}

/** Runs both models on the same batches, in turns. @throws SessionError, DatasetError */
export async function compareModels(
  { original, quantized }: { original: Classifier; quantized: Classifier },
  batches: CalibrationBatches,
): Promise<ModelComparison> {
  const { width } = original;
  const found = { pictures: 0, same: 0, difference: 0, min: Infinity, max: -Infinity };
  const fastest = { original: Infinity, quantized: Infinity };
  for await (const { images, count } of batches()) {
    const theirs = await measure(fastest, 'original', count, () => original.run(images, count));
    const ours = await measure(fastest, 'quantized', count, () => quantized.run(images, count));
    for (let row = 0; row < count; row++) {
      const [a, b] = [theirs, ours].map((all) => all.subarray(row * width, (row + 1) * width));
      if (a && b && decideRow(a) === decideRow(b)) found.same++;
    }
    for (const [at, value] of theirs.entries()) {
      found.difference = Math.max(found.difference, Math.abs(value - (ours[at] ?? 0)));
      found.min = Math.min(found.min, value);
      found.max = Math.max(found.max, value);
    }
    found.pictures += count;
  }
  return {
    pictures: found.pictures,
    agreement: found.same / found.pictures,
    largestDifference: found.difference,
    outputRange: found.max - found.min,
    milliseconds: fastest,
  };
}

/** A single number is a logit: its sign decides. */
function decideRow(row: Float32Array): number {
  return row.length === 1 ? Number((row[0] ?? 0) > 0) : findPredicted(row);
}

async function measure<K extends string, T>(
  fastest: Record<K, number>,
  name: K,
  count: number,
  run: () => Promise<T>,
): Promise<T> {
  const clock = performance.now();
  const result = await run();
  fastest[name] = Math.min(fastest[name], (performance.now() - clock) / count);
  return result;
}
