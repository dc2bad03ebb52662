/** The worker thread of the viewer: reads, decodes and encodes pictures. */
import { workerData } from 'node:worker_threads';
import { serveJobs, withTransfer } from '../../utils/worker-side.ts';
import { createPictureMaker } from './picture-maker.ts';
import type { PictureWorkerData, PictureWorkerJob } from './picture-worker-data.ts';

/** How often a job looks whether anybody still waits for it, in ms. */
const LOOK_MS = 20;

const maker = createPictureMaker((workerData as PictureWorkerData).maxOpen);

serveJobs(async ({ job, gone }: PictureWorkerJob) => {
  const stop = new AbortController();
  const look = setInterval(() => {
    if (Atomics.load(gone, 0) === 1) stop.abort();
  }, LOOK_MS);
  try {
    const bytes = await maker.make(job, stop.signal);
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    return withTransfer(own, [own.buffer as ArrayBuffer]);
  } finally {
    clearInterval(look);
  }
});
