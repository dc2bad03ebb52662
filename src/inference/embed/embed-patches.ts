import type { BadTile } from '../../preprocessing/extract-patches/patch-job.ts';
import type { PatchPlan } from '../../preprocessing/extract-patches/patch-plan.ts';
import type { PatchPool } from '../../preprocessing/extract-patches/patch-stage.ts';
import type { BadTilePolicy } from '../../preprocessing/extract-patches/run-options.ts';
import { streamPatches } from '../../preprocessing/extract-patches/stream-patches.ts';
import type { Slide } from '../../slide/slide.ts';
import { ModelError } from '../../utils/errors.ts';
import type { Embedder } from './embedder.ts';
import { FeatureSpool } from './feature-spool.ts';
import { fillBatches, type PatchBatch } from './fill-batches.ts';
import type { TakenFeatures } from './take-features.ts';

export interface EmbedWork {
  readonly slide: Slide;
  readonly plan: PatchPlan;
  /** Patches of the plan. */
  readonly patches: number;
  readonly embedder: Embedder;
  readonly onBadTile: BadTilePolicy | undefined;
  readonly onBadTiles: (tiles: readonly BadTile[]) => void;
  /** Where features wait for their file. */
  readonly spoolPath: string;
  readonly workers: number | undefined;
  readonly workerMemory: number | undefined;
  readonly pool: PatchPool | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

export interface EmbeddedPatches extends Disposable {
  /** Undefined where not one patch could be read. */
  readonly spool: FeatureSpool | undefined;
  readonly taken: string;
  /** Patches with stored tiles painted white. */
  readonly whitened: number;
}

/**
 * Runs the model over all patches of a plan. While it has one batch, workers cut the patches of the next: two batches are in
 * memory beside what `streamPatches` holds. The batches are the same with any number of workers.
 * @throws what `streamPatches` and the model throw; OutputError, AbortedError
 */
export async function embedPatches(work: EmbedWork): Promise<EmbeddedPatches> {
  const { embedder, patches, onProgress } = work;
  const { side, batchSize } = embedder.backbone;
  const sink = new SpoolSink(work);
  let running: Promise<void> = Promise.resolve();
  try {
    onProgress?.(0, patches);
    for await (const batch of fillBatches(streamPlanes(work), { batchSize, patchFloats: 3 * side * side })) {
      await running;
      work.signal?.throwIfAborted();
      running = embedder.run(batch.planes, batch.indices.length).then((taken) => sink.add(batch, taken));
      // It is awaited one batch later: until then a failure is nobody's.
      running.catch(() => {});
    }
    await running;
    return sink;
  } catch (error) {
    // The batch that the model still has must not reach a file that is closed, nor meet the next slide's.
    await running.catch(() => {});
    sink[Symbol.dispose]();
    throw error;
  }
}

function streamPlanes({ slide, plan, embedder, ...work }: EmbedWork) {
  const { mean, std } = embedder.backbone;
  const { onBadTile, onBadTiles, workers, workerMemory, pool, signal } = work;
  const how = { onBadTile, onBadTiles, workers, workerMemory, pool, signal };
  return streamPatches(slide, plan, { layout: 'planes', normalise: { mean, std }, ...how });
}

class SpoolSink implements EmbeddedPatches {
  spool: FeatureSpool | undefined;
  taken = '';
  whitened = 0;
  readonly #work: EmbedWork;
  #done = 0;

  constructor(work: EmbedWork) {
    this.#work = work;
  }

  add({ indices, whitened }: PatchBatch, { features, dimension, taken }: TakenFeatures): void {
    const { patches, spoolPath, embedder, onProgress } = this.#work;
    this.spool ??= new FeatureSpool(spoolPath, patches, dimension);
    if (this.spool.dimension !== dimension)
      throw new ModelError(embedder.backbone.path, `${dimension} features a patch, after ${this.spool.dimension}`);
    this.spool.write(indices, features);
    this.taken = taken;
    this.whitened += whitened;
    this.#done += indices.length;
    onProgress?.(this.#done, patches);
  }

  [Symbol.dispose](): void {
    this.spool?.[Symbol.dispose]();
  }
}
