/** The worker thread that reads pictures for training: one batch at a time, into a buffer that comes and goes. */
import { serveJobs, withTransfer } from '../../utils/worker-side.ts';
import type { BatchJob } from './batch-job.ts';
import { fillBatch } from './fill-batch.ts';

serveJobs(async (job: BatchJob) => {
  const result = await fillBatch(job);
  return withTransfer(result, [result.buffer]);
});
