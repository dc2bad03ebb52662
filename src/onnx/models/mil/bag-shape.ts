import { OptionError } from '../../../utils/errors.ts';
import type { Tensor } from '../../model/tensor.ts';

/** Instances of one bag, row after row. */
export interface Bag {
  readonly features: Float32Array;
  /** How many instances. */
  readonly count: number;
}

/**
 * A bag as a model takes it; the numbers are not copied.
 * @param featureDim numbers of an instance that the model is made for
 * @throws OptionError for a bag without instances, or with instances of another size: it names both
 */
export function createBagTensor({ features, count }: Bag, featureDim: number): Tensor {
  if (!Number.isInteger(count) || count < 1) throw new OptionError('count', 'at least one instance in a bag', count);
  const own = features.length / count;
  if (own !== featureDim)
    throw new OptionError(
      'features',
      `instances of ${featureDim} numbers, as the model takes them`,
      `${count} instances of ${own}`,
      { hint: 'take the features of the backbone that the model was trained with' },
    );
  return { type: 'float32', dims: [count, featureDim], data: features };
}
