import { createZeros, getParameter, type ParameterMap } from '../parameters.ts';
import { addScaled, scaleValues } from './kernels/vector-loops.ts';

/** Gathers the gradients of several batches into those of one large batch. */
export interface GradientSum {
  /** Batches since the last `take`. */
  readonly batches: number;
  /** Adds the mean gradients of a batch of `weight` samples; they are only read. */
  add(gradients: ParameterMap, weight: number): void;
  /**
   * The mean over all samples since the last `take`, in arrays of its own, which the next `add` writes to.
   * @throws RangeError where nothing was added
   */
  take(): ParameterMap;
  /** Forgets what was added since the last `take`. */
  drop(): void;
}

/** Memory: one array as large as the trained weights, `parameters`. */
export function createGradientSum(parameters: ParameterMap): GradientSum {
  const sums = createZeros(parameters);
  let batches = 0;
  let total = 0;
  const drop = () => {
    batches = 0;
    total = 0;
  };
  return {
    get batches() {
      return batches;
    },
    add(gradients, weight) {
      if (batches === 0) for (const values of sums.values()) values.fill(0);
      for (const [name, values] of sums) addScaled(values, getParameter(gradients, name, values.length), weight);
      batches++;
      total += weight;
    },
    take() {
      if (total <= 0) throw new RangeError('expected gradients before they are taken but received none');
      for (const values of sums.values()) scaleValues(values, 1 / total);
      drop();
      return sums;
    },
    drop,
  };
}
