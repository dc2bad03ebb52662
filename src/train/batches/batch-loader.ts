import { reorder } from '../../utils/reorder.ts';
import type { BatchPlan } from '../data/sampler.ts';
import type { Batch } from './batch.ts';
import type { BatchJob, BatchJobResult } from './batch-job.ts';
import { type BufferPool, createBufferPool } from './buffer-pool.ts';
import { createJob } from './create-job.ts';
import { createTargets } from './create-targets.ts';
import type { DecodePool } from './decode-pool.ts';
import { type LoadOptions, type LoadSettings, resolveLoadOptions } from './load-options.ts';

export interface BatchLoader {
  /** Buffers made so far, each as large as a full batch. */
  readonly buffers: number;
  /**
   * Reads batches ahead on the pool's threads and hands them out in the order of `plans`. They are the same whatever the
   * number of threads, and a slow caller holds the threads back.
   * @throws DatasetError for a bad picture with `fail`, when its batch is due; WorkerError, AbortedError
   */
  load(
    plans: Iterable<BatchPlan>,
    options?: { signal?: AbortSignal | undefined },
  ): AsyncGenerator<Batch, void, undefined>;
}

/**
 * A loader for one set of examples, for any number of epochs. Memory: `prefetch` buffers of a full batch, and those of batches
 * that the caller has not released.
 * @throws OptionError
 */
export function createBatchLoader(pool: DecodePool, options: LoadOptions): BatchLoader {
  const load = resolveLoadOptions(options, pool.size);
  const buffers = createBufferPool(load.batchSize * 3 * load.settings.width * load.settings.height * 4);
  const getTransfer = (job: BatchJob) => {
    job.buffer = buffers.take();
    return [job.buffer];
  };
  return {
    get buffers() {
      return buffers.created;
    },
    async *load(plans, { signal } = {}) {
      const planned = new Map<BatchJob, BatchPlan>();
      const window = { window: load.prefetch, signal, getTransfer };
      for await (const { job, result } of reorder(pool, planJobs(plans, load, planned), window)) {
        const plan = planned.get(job);
        planned.delete(job);
        if (plan) yield createBatch(plan, result, { load, job, buffers });
      }
    },
  };
}

function* planJobs(
  plans: Iterable<BatchPlan>,
  load: LoadSettings,
  planned: Map<BatchJob, BatchPlan>,
): Generator<BatchJob> {
  for (const plan of plans) {
    const job = createJob(plan, load);
    planned.set(job, plan);
    yield job;
  }
}

interface BatchSource {
  readonly load: LoadSettings;
  readonly job: BatchJob;
  readonly buffers: BufferPool;
}

function createBatch(
  plan: BatchPlan,
  { buffer, kept, bad }: BatchJobResult,
  { load, job, buffers }: BatchSource,
): Batch {
  const { examples, settings, classCount, labelSmoothing: smoothing } = load;
  const indices = kept.map((row) => plan.indices[row] ?? 0);
  const labels = indices.map((index) => examples[index]?.label ?? 0);
  const { mixShare } = job;
  const length = kept.length * 3 * settings.width * settings.height;
  return {
    ...{ epoch: plan.epoch, position: plan.position, next: plan.next },
    ...{ count: kept.length, indices, labels },
    images: new Float32Array(buffer, 0, length),
    targets: createTargets({ labels, classCount, smoothing, mixShare }),
    skipped: bad.map(({ index, message }) => ({ path: job.paths[index] ?? '', message })),
    release: once((returned = buffer) => buffers.give(returned)),
  };
}

/** A buffer that is given back twice would be filled while someone reads it. */
function once(give: (buffer?: ArrayBuffer) => void): Batch['release'] {
  let given = false;
  return (buffer) => {
    if (!given) give(buffer);
    given = true;
  };
}
