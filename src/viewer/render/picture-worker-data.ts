import type { PictureJob, StainJob } from './picture-job.ts';

/** What a worker of the viewer is handed once. */
export interface PictureWorkerData {
  /** Slides that it keeps open. */
  readonly maxOpen: number;
}

export interface PictureWorkerJob {
  readonly job: PictureJob | StainJob;
  /** One number in shared memory: 1 when nobody waits for the picture any more. */
  readonly gone: Int32Array;
}
