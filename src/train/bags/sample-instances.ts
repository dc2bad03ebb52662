import { createRandom } from '../../utils/random.ts';

/**
 * Some rows of a bag, each at most once, in their order.
 * @returns the features as they are where the bag has no more than `most` rows
 */
export function sampleInstances(
  features: Float32Array,
  dim: number,
  draw: { most: number; seed: number },
): Float32Array {
  const { most, seed } = draw;
  const count = features.length / dim;
  if (count <= most) return features;
  const random = createRandom(seed);
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  for (let k = 0; k < most; k++) {
    const other = k + Math.floor(random() * (count - k));
    [rows[k], rows[other]] = [rows[other] ?? 0, rows[k] ?? 0];
  }
  const chosen = rows.subarray(0, most).sort();
  const some = new Float32Array(most * dim);
  for (const [at, row] of chosen.entries()) some.set(features.subarray(row * dim, (row + 1) * dim), at * dim);
  return some;
}
