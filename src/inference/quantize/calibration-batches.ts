import type { DecodePool } from '../../train/batches/decode-pool.ts';
import type { BadImageChoice } from '../../train/data/check-images.ts';
import type { Example } from '../../train/data/example.ts';
import { createSampler } from '../../train/data/sampler.ts';
import { DatasetError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { createPictureLoader } from '../classify/predict-batches.ts';
import type { ClassifierFacts } from '../classify/read-classifier.ts';

export interface CalibrationBatch {
  readonly images: Float32Array<ArrayBuffer>;
  readonly count: number;
}

/** The same pictures again at each call. */
export type CalibrationBatches = () => AsyncGenerator<CalibrationBatch>;

export interface BatchSettings {
  readonly onBadImage: BadImageChoice;
  readonly signal: AbortSignal | undefined;
  readonly logger: Logger | undefined;
  /** Told of each batch that was dealt with. */
  onDone(count: number): void;
}

/** Values of all layers are in memory for a batch of this many pictures. */
const BATCH = 8;

/** Batches of these pictures; a bad one is told of once. A batch's images are gone when the next one is asked for. */
export function createCalibrationBatches(
  pool: DecodePool,
  examples: readonly Example[],
  { facts, settings }: { facts: ClassifierFacts; settings: BatchSettings },
): CalibrationBatches {
  const { onBadImage, signal, logger, onDone } = settings;
  const batchSize = facts.batch ?? BATCH;
  const loader = createPictureLoader(pool, examples, { settings: facts.pictures, batchSize, onBadImage });
  const labels = examples.map(({ label }) => label);
  const sampler = createSampler(labels, { order: 'sequential', batchSize, seed: 0 });
  const told = new Set<string>();
  return async function* () {
    let pictures = 0;
    for await (const batch of loader.load(sampler.plan(sampler.start()), { signal })) {
      for (const { path, message } of batch.skipped) if (!told.has(path)) logger?.warn(`left out: ${message}`);
      for (const { path } of batch.skipped) told.add(path);
      try {
        if (batch.count > 0) yield { images: batch.images, count: batch.count };
      } finally {
        batch.release();
      }
      pictures += batch.count;
      onDone(batch.count);
    }
    if (pictures === 0)
      throw new DatasetError(examples[0]?.path ?? 'calibration', 'no picture can be read', { reason: 'empty' });
  };
}

/** So many of them, evenly spread; all where there are no more. */
export function spreadEvenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, at) => items[Math.floor((at * items.length) / count)]).flatMap(
    (item) => item ?? [],
  );
}
