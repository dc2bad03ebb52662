/** What each worker of a pool is told when it starts. */
export interface PatchWorkerData {
  /** Most memory for bands, patches and files together. */
  readonly maxBytes: number;
}
