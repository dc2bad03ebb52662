import type { ColumnMoments } from '../../onnx/standardize-input.ts';
import { throwIfAborted } from '../../utils/abort.ts';
import { DatasetError } from '../../utils/errors.ts';
import { readAhead } from '../../utils/read-ahead.ts';
import type { BagExample } from './bag-example.ts';
import type { BagStore } from './bag-store.ts';
import { addMoments } from './kernels/add-moments.ts';
import { readBag } from './read-bag.ts';

export interface MeasureOptions {
  readonly store: BagStore;
  readonly examples: readonly BagExample[];
  readonly dim: number;
  readonly skipsBad: boolean;
  /** Slides in memory at a time. */
  readonly held: number;
  readonly signal: AbortSignal;
}

/** Of the largest deviation of all, or of the feature's own mean: what lies below it is rounding. */
const LEAST_SHARE = 1e-6;
/** Above the numbers whose reciprocals single precision does not have. */
const LEAST = 1e-37;

/**
 * Mean and standard deviation of each feature over the patches of all slides, in double precision about the first patch. A
 * feature that is the same everywhere, but for rounding, has the deviation 1: noise must not be made large. Slides that can't be
 * read are left out, if they may be.
 * @throws DatasetError where none can be read, or one can't and has to be; AbortedError
 */
export async function measureFeatures(options: MeasureOptions): Promise<ColumnMoments> {
  const { store, examples, dim, skipsBad, held, signal } = options;
  const [sums, squares] = [new Float64Array(dim), new Float64Array(dim)];
  let origin: Float32Array | undefined;
  let count = 0;
  for await (const { result: bag } of readAhead(examples, held, (one) => readBag(store, one, skipsBad))) {
    throwIfAborted(signal);
    if (!(bag instanceof Float32Array)) continue;
    origin ??= bag.slice(0, dim);
    addMoments(bag, { sums, squares, origin });
    count += bag.length / dim;
  }
  if (!origin) throw new DatasetError('features', 'none of the slides can be read', { reason: 'empty' });
  const first = origin;
  const mean = Float32Array.from(sums, (sum, k) => (first[k] ?? 0) + sum / count);
  const deviation = Float32Array.from(squares, (square, k) => {
    return Math.sqrt(Math.max(0, square / count - ((sums[k] ?? 0) / count) ** 2));
  });
  const largest = deviation.reduce((most, value) => Math.max(most, value), 0);
  const isKnown = (value: number, k: number) =>
    value > Math.max(LEAST, LEAST_SHARE * largest, LEAST_SHARE * Math.abs(mean[k] ?? 0));
  return { mean, deviation: deviation.map((value, k) => (isKnown(value, k) ? value : 1)) };
}
