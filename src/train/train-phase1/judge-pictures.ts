import type { ForwardThread } from '../../onnx/forward-thread.ts';
import type { Device } from '../../onnx/session.ts';
import type { PictureSettings } from '../batches/batch-job.ts';
import type { BatchLoader } from '../batches/batch-loader.ts';
import type { Example } from '../data/example.ts';
import { createSampler } from '../data/sampler.ts';
import type { LeftOut } from '../loop/fed-batch.ts';
import { joinRows } from '../loop/join-rows.ts';
import type { Judge } from '../loop/judged.ts';
import { softmaxRows } from '../metrics/kernels/softmax-rows.ts';

/** What a model is judged with. */
export interface PictureJudge {
  /** The model that learns. */
  readonly source: string | Uint8Array;
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
}

/**
 * Probabilities of all examples that can be read, in their order; batch normalisation by its running statistics. The model runs
 * in a thread of its own: a validation set may take minutes.
 */
export function createPictureJudge(judge: PictureJudge): Judge {
  const { loader, examples, batchSize, classCount, inputName, outputName, pictures, device, threads, signal } = judge;
  return async (file, { weights = new Map(), onJudged }) => {
    const options = { weights, device, ...(threads === undefined ? {} : { threads }) };
    await using forward = await judge.thread.open(file ?? judge.source, options);
    const sampler = createSampler(
      examples.map(({ label }) => label),
      { order: 'sequential', batchSize, seed: 0 },
    );
    const found = { labels: [] as number[], paths: [] as string[], skipped: [] as LeftOut[] };
    const rows: Float32Array[] = [];
    for await (const batch of loader.load(sampler.plan(sampler.start()), { signal })) {
      try {
        found.skipped.push(...batch.skipped);
        if (batch.count === 0) continue;
        const dims = [batch.count, 3, pictures.height, pictures.width];
        const inputs = new Map([[inputName, { type: 'float32' as const, dims, data: batch.images }]]);
        const outputs = await forward.run(inputs, [outputName]);
        rows.push(outputs.get(outputName)?.data as Float32Array);
        found.labels.push(...batch.labels);
        found.paths.push(...batch.indices.map((index) => examples[index]?.path ?? ''));
        onJudged?.(found.labels.length);
      } finally {
        batch.release();
      }
    }
    const logits = joinRows(rows);
    return { ...found, logits, probabilities: softmaxRows(logits, classCount), classCount };
  };
}
