import { DatasetError } from '../../utils/errors.ts';

/**
 * Weights that make all classes count alike: examples over (classes x examples of the class), as scikit-learn's `balanced`.
 * Their mean over examples is 1.
 * @throws DatasetError where a class has no example
 */
export function computeClassWeights(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count, label) => {
    if (count > 0) return total / (counts.length * count);
    throw new DatasetError('class weights', `no example of class ${label}`, { reason: 'empty-class' });
  });
}
