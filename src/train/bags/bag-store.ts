import { readSlideFeatures } from '../../io/feature-files/read-slide-features.ts';
import { DatasetError, isSlideloomError } from '../../utils/errors.ts';
import type { BagExample } from './bag-example.ts';

/** Where the features of slides come from, for any number of epochs. */
export interface BagStore {
  /** Whether features stay in memory once they are read. */
  readonly keeps: boolean;
  /** count x dim, only to be read. @throws DatasetError where the file is damaged, or another one than at the start */
  read(example: BagExample): Promise<Float32Array>;
}

export interface StoreOptions {
  /** All that may be asked for. */
  readonly examples: readonly BagExample[];
  readonly dim: number;
  /** Bytes. */
  readonly limit: number;
}

/**
 * Keeps features in memory where those of all examples take at most `limit` bytes (patches x numbers x 4); else nothing: memory
 * is then what the caller holds.
 */
export function createBagStore({ examples, dim, limit }: StoreOptions): BagStore {
  const bytes = examples.reduce((sum, { count }) => sum + count * dim * Float32Array.BYTES_PER_ELEMENT, 0);
  const keeps = bytes <= limit;
  const kept = new Map<string, Float32Array>();
  return {
    keeps,
    async read(example) {
      const known = kept.get(example.path);
      if (known) return known;
      const features = await readBag(example, dim);
      if (keeps) kept.set(example.path, features);
      return features;
    },
  };
}

async function readBag({ path, count, slide }: BagExample, dim: number): Promise<Float32Array> {
  const found = await readSlideFeatures(path).catch((cause: unknown) => {
    if (!isSlideloomError(cause, 'source', 'tensor-file', 'short-read')) throw cause;
    throw new DatasetError(path, cause.message, { reason: 'bad-features' }, { cause, hint: BAD_SLIDE_HINT });
  });
  const fail = (message: string) =>
    new DatasetError(path, `the slide ${slide}: ${message}`, { reason: 'bad-features' }, { hint: BAD_SLIDE_HINT });
  if (found.count !== count || found.dim !== dim)
    throw fail(`its features are ${found.count} x ${found.dim} by now, and were ${count} x ${dim} at the start`);
  if (!found.features.every(Number.isFinite)) throw fail('some of its features are no numbers');
  return found.features;
}

export const BAD_SLIDE_HINT =
  "embed the slide again, or choose onBadSlide 'skip' to leave such slides out and list them";
