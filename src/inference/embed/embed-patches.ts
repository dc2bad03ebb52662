import type { BadTile } from '../../preprocessing/extract-patches/patch-job.ts';
import type { PatchPlan } from '../../preprocessing/extract-patches/patch-plan.ts';
import type { PatchPool } from '../../preprocessing/extract-patches/patch-stage.ts';
import type { PatchStain } from '../../preprocessing/extract-patches/patch-stain.ts';
import type { BadTilePolicy } from '../../preprocessing/extract-patches/run-options.ts';
import { countStain, startStainCounts } from '../../preprocessing/extract-patches/stain-outcome.ts';
import { streamPatches } from '../../preprocessing/extract-patches/stream-patches.ts';
import type { Slide } from '../../slide/slide.ts';
import { throwIfAborted } from '../../utils/abort.ts';
import { ModelError } from '../../utils/errors.ts';
import type { Embedder } from './embedder.ts';
import { FeatureSpool } from './feature-spool.ts';
import { fillBatches, type PatchBatch } from './fill-batches.ts';
import { findBeyond } from './kernels/pool-features.ts';
import type { TakenFeatures } from './take-features.ts';

export interface EmbedWork {
  readonly slide: Slide;
  readonly plan: PatchPlan;
  /** Patches of the plan. */
  readonly patches: number;
  readonly embedder: Embedder;
  /** Features will be rounded to half precision: what it can't hold ends the slide. */
  readonly half: boolean;
  /** Where stains are normalised. */
  readonly stain: PatchStain | undefined;
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
  /** How many patches have which colours, as counts of the record; empty where stains are not normalised. */
  readonly stains: Readonly<Record<string, number>>;
}

/**
 * Runs the model over all patches of a plan. While it has one batch, workers cut the patches of the next: two batches are in
 * memory beside what `streamPatches` holds, and move between threads. They are the same with any number of workers.
 * @throws what `streamPatches` and the model throw; ModelError for features that half precision can't hold; OutputError,
 * AbortedError
 */
export async function embedPatches(work: EmbedWork): Promise<EmbeddedPatches> {
  const { embedder, patches, onProgress } = work;
  const { side, batchSize } = embedder.backbone;
  const sink = new SpoolSink(work);
  const spare: Float32Array<ArrayBuffer>[] = [];
  const takePlanes = () => spare.pop() ?? new Float32Array(batchSize * 3 * side * side);
  let running: Promise<void> = Promise.resolve();
  try {
    onProgress?.(0, patches);
    for await (const batch of fillBatches(streamPlanes(work), { batchSize, takePlanes })) {
      await running;
      throwIfAborted(work.signal);
      running = embedder.run(batch.planes, batch.patches.length).then((taken) => {
        spare.push(taken.planes);
        sink.add(batch, taken);
      });
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
  const { onBadTile, onBadTiles, workers, workerMemory, pool, signal, stain: foundStain } = work;
  const how = { onBadTile, onBadTiles, workers, workerMemory, pool, signal, foundStain };
  return streamPatches(slide, plan, { layout: 'planes', normalise: { mean, std }, ...how });
}

/** From here on a number in half precision is infinite. */
const HALF_END = 65_520;

class SpoolSink implements EmbeddedPatches {
  spool: FeatureSpool | undefined;
  taken = '';
  whitened = 0;
  readonly stains: Record<string, number>;
  readonly #work: EmbedWork;
  #done = 0;

  constructor(work: EmbedWork) {
    this.#work = work;
    this.stains = work.stain ? startStainCounts() : {};
  }

  add(batch: PatchBatch, { features, dimension, taken }: TakenFeatures): void {
    const { patches, spoolPath, embedder, onProgress, half } = this.#work;
    this.spool ??= new FeatureSpool(spoolPath, patches, dimension);
    if (this.spool.dimension !== dimension)
      throw new ModelError(embedder.backbone.path, `${dimension} features a patch, after ${this.spool.dimension}`);
    if (half) this.#checkHalf(batch, features, dimension);
    this.spool.write(
      batch.patches.map(({ index }) => index),
      features,
    );
    this.taken = taken;
    this.whitened += batch.whitened;
    for (const outcome of batch.stains) countStain(this.stains, outcome);
    this.#done += batch.patches.length;
    onProgress?.(this.#done, patches);
  }

  #checkHalf({ patches }: PatchBatch, features: Float32Array, dimension: number): void {
    const at = findBeyond(features, HALF_END);
    if (at < 0) return;
    const { embedder, slide } = this.#work;
    const { x, y } = patches[Math.floor(at / dimension)] ?? {};
    const place = `feature ${at % dimension} of the patch at ${x}, ${y} of ${slide.name}`;
    throw new ModelError(embedder.backbone.path, `${place} is ${features[at]}, and half precision ends at 65504`, {
      hint: 'write features as float32: --precision float32, and another --layout than stamp',
    });
  }

  [Symbol.dispose](): void {
    this.spool?.[Symbol.dispose]();
  }
}
