import type { ColumnMoments } from '../../onnx/standardize-input.ts';
import { DatasetError } from '../../utils/errors.ts';
import type { BagExample } from './bag-example.ts';
import type { BagStore } from './bag-store.ts';
import { addMoments } from './kernels/add-moments.ts';
import { readAhead } from './read-ahead.ts';
import { readBag } from './read-bag.ts';

export interface MeasureOptions {
  readonly store: BagStore;
  readonly examples: readonly BagExample[];
  readonly dim: number;
  readonly skipsBad: boolean;
  readonly ahead: number;
  readonly signal: AbortSignal;
}

/**
 * Mean and standard deviation of each feature over the patches of all slides, in double precision about the first patch. A
 * feature that is the same everywhere has the deviation 1. Slides that can't be read are left out, if they may be.
 * @throws DatasetError where none can be read, or one can't and has to be; AbortedError
 */
export async function measureFeatures(options: MeasureOptions): Promise<ColumnMoments> {
  const { store, examples, dim, skipsBad, ahead, signal } = options;
  const [sums, squares] = [new Float64Array(dim), new Float64Array(dim)];
  let origin: Float32Array | undefined;
  let count = 0;
  for await (const bag of readAhead(examples, (one) => readBag(store, one, skipsBad), { ahead, signal })) {
    if (!(bag instanceof Float32Array)) continue;
    origin ??= bag.slice(0, dim);
    addMoments(bag, { sums, squares, origin });
    count += bag.length / dim;
  }
  if (!origin) throw new DatasetError('features', 'none of the slides can be read', { reason: 'empty' });
  const first = origin;
  const mean = Float32Array.from(sums, (sum, k) => (first[k] ?? 0) + sum / count);
  const deviation = Float32Array.from(squares, (square, k) => {
    const variance = square / count - ((sums[k] ?? 0) / count) ** 2;
    return variance > 0 ? Math.sqrt(variance) : 1;
  });
  return { mean, deviation: deviation.map((value) => (value > 0 ? value : 1)) };
}
