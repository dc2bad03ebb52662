import { createRandom } from '../../src/utils/random.ts';

/** A bag of so many instances, with numbers in [-1, 1): `features`, row after row. */
export function drawBag(count: number, featureDim: number, seed = 1): { features: Float32Array; count: number } {
  const random = createRandom(seed);
  return { features: Float32Array.from({ length: count * featureDim }, () => 2 * random() - 1), count };
}
