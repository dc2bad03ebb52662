import type { SlideOptions } from '../../slide/settings.ts';
import type { Slide } from '../../slide/slide.ts';
import type { InputIdentity } from '../../utils/run-record.ts';
import type { WorkerPool } from '../../utils/worker-pool.ts';
import type { LabelSource } from '../patch-labels/open-label-source.ts';
import type { PatchJob, PatchJobResult } from './patch-job.ts';
import type { PatchPlan } from './patch-plan.ts';
import type { PatchStain } from './patch-stain.ts';
import type { CheckedWriteOptions } from './run-options.ts';

/** Worker threads that cut patches, each within `workerMemory` bytes. */
export type PatchPool = WorkerPool<PatchJob, PatchJobResult> & { readonly workerMemory: number };

/** Everything that the stage needs; the caller holds the lease of `folder` and owns slide and pool. */
export interface PatchStage {
  readonly slide: Slide;
  readonly slideId: string;
  /** How workers open the slide; the pixel size plays no part there, as the plan has it already. */
  readonly slideOptions: SlideOptions;
  readonly plan: PatchPlan;
  readonly folder: string;
  readonly write: CheckedWriteOptions;
  readonly input: InputIdentity;
  /** What decides the bytes of the outputs, for the record and its hash. */
  readonly recordOptions: Readonly<Record<string, unknown>>;
  /** Where patches have their labels from; the caller closes it. */
  readonly labels?: LabelSource | undefined;
  /** Where stains are normalised. */
  readonly stain?: PatchStain | undefined;
  /** Not asked for in a run that writes coordinates only. */
  readonly createPool: () => PatchPool;
  /** Told when all patches are cut: a pool that is for this stage alone gives its memory back before the pictures are made. */
  readonly onCut?: (() => Promise<void>) | undefined;
  /** Most bytes that a worker may use for bands, patches and files. */
  readonly workerMemory: number;
  /** Told with each job how many stored tiles were read for it; undefined where that is not counted. */
  readonly onTilesRead?: ((tiles: number | undefined) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onLabelled?: ((done: number, total: number) => void) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Folder of the patch files below the stage's own. */
export const IMAGES = 'images';

/** Folder of the tar shards. */
export const SHARDS = 'shards';
