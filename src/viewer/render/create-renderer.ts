import { toAbortError } from '../../utils/abort.ts';
import { WorkerError } from '../../utils/errors.ts';
import { locateWorker } from '../../utils/package-files.ts';
import { createPool } from '../../utils/worker-pool.ts';
import type { Renderer } from './picture-job.ts';
import { createPictureMaker } from './picture-maker.ts';
import type { PictureWorkerData, PictureWorkerJob } from './picture-worker-data.ts';

/**
 * V8's heap in a worker. Pixels and files lie outside it; left to itself the space for young objects grows for 200,000 tiles, by some
 * 20 MB a thread, for no speed.
 */
const HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 512 } as const;

/** @param workers threads; with 0 pictures are made in this thread, one at a time */
export function createRenderer({ workers, maxOpen }: { workers: number; maxOpen: number }): Renderer {
  return workers === 0 ? createLocalRenderer(maxOpen) : createThreadRenderer({ workers, maxOpen });
}

function createLocalRenderer(maxOpen: number): Renderer {
  const maker = createPictureMaker(maxOpen);
  return { size: 1, render: maker.make, [Symbol.asyncDispose]: () => maker[Symbol.asyncDispose]() };
}

function createThreadRenderer({ workers, maxOpen }: { workers: number; maxOpen: number }): Renderer {
  const workerData: PictureWorkerData = { maxOpen };
  const pool = createPool<PictureWorkerJob, Uint8Array>({
    entry: locateWorker('viewer/render/picture-worker'),
    size: workers,
    workerData,
    resourceLimits: HEAP,
  });
  // Whoever opens the first slide would wait for them.
  pool.start();
  return {
    size: pool.size,
    async render(job, signal) {
      const gone = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      const leave = () => Atomics.store(gone, 0, 1);
      signal.addEventListener('abort', leave, { once: true });
      let made: Uint8Array | undefined;
      try {
        const keep = (bytes: Uint8Array) => {
          made = bytes;
        };
        await pool.run([{ job, gone }], { onResult: keep, signal });
      } catch (error) {
        throw signal.aborted ? toAbortError(signal.reason) : error;
      } finally {
        signal.removeEventListener('abort', leave);
      }
      if (made) return made;
      throw signal.aborted ? toAbortError(signal.reason) : new WorkerError('a picture was not made');
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}
