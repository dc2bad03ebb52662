import { compileKernels, hasWasmSimd } from '../../io/kernels/wasm-kernels.ts';
import { checkInteger } from '../../utils/options.ts';
import { locateWorker } from '../../utils/package-files.ts';
import { createPool } from '../../utils/worker-pool.ts';
import type { PatchJob, PatchJobResult } from './patch-job.ts';
import type { PatchPool } from './patch-stage.ts';
import type { PatchWorkerData } from './patch-worker-data.ts';
import { RUN_DEFAULTS, WORKER_MEMORY_RANGE } from './run-options.ts';

/**
 * V8's heap in a worker. Pixels and files lie outside it; a worker's objects are few and short-lived, so with V8's own
 * limits garbage only piles up before it is looked at: measured, 12 MB a worker more.
 */
const HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } as const;

/** The threads that cut patches; one pool serves any number of slides. Whoever creates it closes it. */
export function createPatchPool(
  options: { workers?: number | undefined; workerMemory?: number | undefined } = {},
): PatchPool {
  const { workers } = options;
  const entry = locateWorker('preprocessing/extract-patches/patch-worker');
  const kernels = hasWasmSimd() ? compileKernels() : undefined;
  const workerMemory = checkWorkerMemory(options.workerMemory);
  const workerData: PatchWorkerData = { maxBytes: workerMemory, kernels };
  const pool = createPool<PatchJob, PatchJobResult>({
    entry,
    workerData,
    resourceLimits: HEAP,
    ...(workers !== undefined && { size: workers }),
  });
  return Object.assign(pool, { workerMemory });
}

/** @throws OptionError */
export function checkWorkerMemory(bytes: number | undefined): number {
  return checkInteger('workerMemory', bytes ?? RUN_DEFAULTS.workerMemory, WORKER_MEMORY_RANGE);
}
