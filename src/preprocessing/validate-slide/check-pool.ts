import { locateWorker } from '../../utils/package-files.ts';
import { createPool, type WorkerPool } from '../../utils/worker-pool.ts';
import type { TileCheck, TileJob } from './tile-job.ts';

export type CheckPool = WorkerPool<TileJob, TileCheck>;

/** V8's heap in a worker: tiles lie outside it, and what is left is few and short-lived. */
const HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } as const;

/** The threads that read tiles; one pool serves any number of slides. Whoever creates it closes it. */
export function createCheckPool(workers?: number | undefined): CheckPool {
  return createPool<TileJob, TileCheck>({
    entry: locateWorker('preprocessing/validate-slide/check-worker'),
    resourceLimits: HEAP,
    ...(workers !== undefined && { size: workers }),
  });
}
