import type { PictureSettings } from '../../train/batches/batch-job.ts';
import type { BatchLoader } from '../../train/batches/batch-loader.ts';
import { createBatchLoader } from '../../train/batches/batch-loader.ts';
import type { DecodePool } from '../../train/batches/decode-pool.ts';
import type { BadImageChoice, SkippedImage } from '../../train/data/check-images.ts';
import type { Example } from '../../train/data/example.ts';
import { type BatchPlan, createSampler } from '../../train/data/sampler.ts';
import { ModelError } from '../../utils/errors.ts';
import type { Classifier } from './open-classifier.ts';

/** What came of the pictures of one batch. */
export interface PredictedBatch {
  /** From 0. */
  readonly index: number;
  /** Which pictures the outputs are of. */
  readonly rows: readonly number[];
  /** What the model gave: rows x its width. */
  readonly outputs: Float32Array;
  /** Pictures that can't be read. */
  readonly bad: readonly (SkippedImage & { readonly row: number })[];
}

export interface PredictOptions {
  readonly batchSize: number;
  readonly onBadImage: BadImageChoice;
  readonly signal?: AbortSignal | undefined;
  /** Batches that are left out: an earlier run has them. */
  readonly isDone?: (index: number) => boolean;
}

/**
 * Reads pictures ahead on the pool's threads and runs the model on them, batch by batch in their order. Batches are always the
 * same pictures, whatever was done before, and so are results.
 * @throws DatasetError for a bad picture with `fail`; ModelError for an output that is no number; SessionError, AbortedError
 */
export async function* predictBatches(
  classifier: Classifier,
  examples: readonly Example[],
  { pool, options }: { pool: DecodePool; options: PredictOptions },
): AsyncGenerator<PredictedBatch> {
  const { batchSize, onBadImage, signal, isDone = () => false } = options;
  const loader = createPictureLoader(pool, examples, { settings: classifier.facts.pictures, batchSize, onBadImage });
  const labels = examples.map(({ label }) => label);
  const sampler = createSampler(labels, { order: 'sequential', batchSize, seed: 0 });
  const plans = [...sampler.plan(sampler.start())].filter(({ position }) => !isDone(position));
  const places = new Map(plans.map((plan) => [plan.position, plan]));
  for await (const batch of loader.load(plans, { signal })) {
    try {
      const outputs = batch.count > 0 ? await classifier.run(batch.images, batch.count) : new Float32Array(0);
      checkOutputs(classifier, { outputs, rows: batch.indices }, examples);
      const bad = findRows(places.get(batch.position), batch, examples);
      yield { index: batch.position, rows: batch.indices, outputs, bad };
    } finally {
      batch.release();
    }
  }
}

/** Of outputs that are no numbers the first class would be the most probable one. */
function checkOutputs(
  { facts }: Classifier,
  { outputs, rows }: Pick<PredictedBatch, 'outputs' | 'rows'>,
  examples: readonly Example[],
): void {
  const bad = outputs.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const row = rows[Math.floor((bad * rows.length) / outputs.length)];
  const picture = examples[row ?? -1]?.path ?? '';
  throw new ModelError(facts.path, `gives ${outputs[bad]} for ${picture}`, {
    hint: 'look at mean and deviation (--mean, --std), and whether the training that made it went well',
  });
}

/** Pictures as they are, without answers. */
export function createPictureLoader(
  pool: DecodePool,
  examples: readonly Example[],
  options: { settings: PictureSettings; batchSize: number; onBadImage: BadImageChoice },
): BatchLoader {
  return createBatchLoader(pool, { ...options, examples, classCount: 2, seed: 0 });
}

/** Rows of the pictures that were left out, which come in their order. */
function findRows(
  plan: BatchPlan | undefined,
  { indices, skipped }: { indices: readonly number[]; skipped: readonly SkippedImage[] },
  examples: readonly Example[],
): PredictedBatch['bad'] {
  const kept = new Set(indices);
  const rows = [...(plan?.indices ?? [])].filter((row) => !kept.has(row));
  return rows.map((row, at) => ({ row, path: examples[row]?.path ?? '', message: skipped[at]?.message ?? '' }));
}
