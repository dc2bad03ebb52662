/** The worker thread of patch extraction: cuts cells of patches into files or pixels. */
import { workerData } from 'node:worker_threads';
import { serveJobs } from '../../utils/worker-side.ts';
import type { PatchJob } from './patch-job.ts';
import type { PatchWorkerData } from './patch-worker-data.ts';
import { openPatchWorkshop, type PatchWorkshop } from './patch-workshop.ts';

const data = workerData as PatchWorkerData;

// A worker keeps what it made for its last job: the jobs of one slide come together.
let current: { key: string; workshop: PatchWorkshop } | undefined;

serveJobs(async (job: PatchJob) => (await useWorkshop(job)).run(job));

async function useWorkshop({ patches: _patches, spare: _spare, ...task }: PatchJob): Promise<PatchWorkshop> {
  // What colours become follows from the slide and its options; the table is far too large to be compared.
  const { sampling, colors: _colors, ...rest } = task;
  const { path, level, reduction } = sampling?.layout ?? {};
  const key = JSON.stringify([rest, path, level, reduction]);
  if (current?.key !== key) {
    await current?.workshop[Symbol.asyncDispose]();
    current = undefined;
    current = { key, workshop: await openPatchWorkshop(task, data) };
  }
  return current.workshop;
}
