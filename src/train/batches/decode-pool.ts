import { AbortedError } from '../../utils/errors.ts';
import { checkInteger } from '../../utils/options.ts';
import { locateWorker } from '../../utils/package-files.ts';
import type { JobRunner } from '../../utils/reorder.ts';
import { createPool } from '../../utils/worker-pool.ts';
import type { BatchJob, BatchJobResult } from './batch-job.ts';
import { fillBatch } from './fill-batch.ts';

/** Threads that read pictures. Whoever creates it closes it. */
export interface DecodePool extends JobRunner<BatchJob, BatchJobResult>, AsyncDisposable {
  /** 0 where pictures are read on this thread. */
  readonly size: number;
  close(): Promise<void>;
}

/** V8's heap in a worker: pixels lie outside it, and what is left is few and short-lived. */
const HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } as const;

/**
 * One pool serves training and validation. A thread that dies is replaced and its batch read again. With `workers` 0 the
 * caller's own thread reads.
 * @throws OptionError; WorkerError where the library has not been built
 */
export function createDecodePool(workers: number): DecodePool {
  checkInteger('workers', workers, { min: 0 });
  if (workers === 0) return createInlinePool();
  return createPool<BatchJob, BatchJobResult>({
    entry: locateWorker('train/batches/decode-worker'),
    size: workers,
    resourceLimits: HEAP,
  });
}

function createInlinePool(): DecodePool {
  return {
    size: 0,
    async run(jobs, { onResult, onStop, getTransfer, signal }) {
      try {
        for await (const job of jobs) {
          if (signal?.aborted) throw new AbortedError('the run was stopped', { cause: signal.reason });
          getTransfer?.(job);
          onResult(await fillBatch(job), job);
        }
      } catch (error) {
        onStop();
        throw error;
      }
    },
    async close() {},
    async [Symbol.asyncDispose]() {},
  };
}
