import type { ForwardThread } from '../../onnx/forward-thread.ts';
import type { Device } from '../../onnx/session.ts';
import type { PictureSettings } from '../batches/batch-job.ts';
import type { BatchLoader } from '../batches/batch-loader.ts';
import type { SkippedImage } from '../data/check-images.ts';
import type { Example } from '../data/example.ts';
import { createSampler } from '../data/sampler.ts';
import { softmaxRows } from '../metrics/kernels/softmax-rows.ts';
import type { Predictions } from '../metrics/predictions.ts';
import type { ParameterMap } from '../parameters.ts';

/** What a model is judged with. */
export interface Judge {
  /** For all epochs: see `createForwardThread`. */
  readonly thread: ForwardThread;
  readonly loader: BatchLoader;
  readonly examples: readonly Example[];
  readonly batchSize: number;
  readonly classCount: number;
  readonly inputName: string;
  readonly outputName: string;
  readonly pictures: PictureSettings;
  readonly device: Device;
  readonly threads: number | undefined;
  readonly signal: AbortSignal;
  /** Told how many pictures are judged so far. */
  readonly onJudged?: ((pictures: number) => void) | undefined;
}

export interface Judged extends Predictions {
  readonly labels: number[];
  readonly probabilities: Float32Array;
  /** Of each row. */
  readonly paths: readonly string[];
  readonly skipped: readonly SkippedImage[];
}

/**
 * Probabilities of all examples that can be read, in their order: without augmentation and dropout, batch normalisation by its
 * running statistics. The model runs in a thread of its own: a validation set may take minutes.
 * @param weights in place of the file's
 * @throws DatasetError, SessionError, AbortedError
 */
export async function judgeModel(source: string | Uint8Array, weights: ParameterMap, judge: Judge): Promise<Judged> {
  const { loader, examples, batchSize, classCount, inputName, outputName, pictures, device, threads, signal } = judge;
  const options = { weights, device, ...(threads === undefined ? {} : { threads }) };
  await using forward = await judge.thread.open(source, options);
  const sampler = createSampler(
    examples.map(({ label }) => label),
    { order: 'sequential', batchSize, seed: 0 },
  );
  const found = { labels: [] as number[], paths: [] as string[], skipped: [] as SkippedImage[] };
  const rows: Float32Array[] = [];
  for await (const batch of loader.load(sampler.plan(sampler.start()), { signal })) {
    try {
      found.skipped.push(...batch.skipped);
      if (batch.count === 0) continue;
      const dims = [batch.count, 3, pictures.height, pictures.width];
      const inputs = new Map([[inputName, { type: 'float32' as const, dims, data: batch.images }]]);
      const outputs = await forward.run(inputs, [outputName]);
      rows.push(softmaxRows(outputs.get(outputName)?.data as Float32Array, classCount));
      found.labels.push(...batch.labels);
      found.paths.push(...batch.indices.map((index) => examples[index]?.path ?? ''));
      judge.onJudged?.(found.labels.length);
    } finally {
      batch.release();
    }
  }
  return { ...found, probabilities: joinRows(rows), classCount };
}

function joinRows(rows: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    joined.set(row, at);
    at += row.length;
  }
  return joined;
}
