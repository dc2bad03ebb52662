import type { ModelTableOptions } from '../../io/kernels/rgb-planes.ts';
import { getReopenOptions } from '../../slide/describe-opening.ts';
import type { Slide } from '../../slide/slide.ts';
import { checkMemoryMode, type MemoryMode } from '../../utils/memory-mode.ts';
import { checkChoice } from '../../utils/options.ts';
import { reorder } from '../../utils/reorder.ts';
import { divideCells, getLargestJob } from './divide-cells.ts';
import type { BadTile, PatchJob, PatchJobResult, PatchTask } from './patch-job.ts';
import type { PatchPlan, PlannedPatch } from './patch-plan.ts';
import { checkWorkerMemory, createPatchPool } from './patch-pool.ts';
import type { PatchPool } from './patch-stage.ts';
import { type PatchStain, resolvePatchStain } from './patch-stain.ts';
import { planCells } from './plan-cells.ts';
import { type BadTilePolicy, checkWriteOptions } from './run-options.ts';
import { createSpareBuffers, keepUnmoved, type SpareBuffers } from './spare-buffers.ts';
import type { PatchStainOptions } from './stain-options.ts';
import type { StreamedPatch } from './streamed-patch.ts';

export type { StreamedPatch } from './streamed-patch.ts';

export interface StreamOptions {
  /** `rgb`: bytes row by row; `planes`: floats, all of red, then green, then blue, as models want them. */
  layout?: 'rgb' | 'planes' | undefined;
  /** For planes: (value / 255 - mean) / std; plain value / 255 without. */
  normalise?: ModelTableOptions | undefined;
  onBadTile?: BadTilePolicy | undefined;
  /** Normalises stains. */
  stain?: PatchStainOptions | undefined;
  /** Told of stored tiles that could not be read. */
  onBadTiles?: ((tiles: readonly BadTile[]) => void) | undefined;
  /** Threads; one a core by default. */
  workers?: number | undefined;
  workerMemory?: number | undefined;
  /** A pool to use instead; the caller closes it. */
  pool?: PatchPool | undefined;
  /** `naive` cuts all patches before it hands out the first, and keeps them until the loop is left: to compare with. */
  mode?: MemoryMode | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Patches as pixels from all cores, cell by cell, without files: the feed of a model. Workers wait for the
 * consumer: memory is that of the workers, and for each 8 MiB of pixels (16 where patches share stored tiles), or two patches
 * where that is more. A consumer that gives patches back with `release` keeps it there. Leaving the loop stops the workers.
 * @param options `foundStain`: of `resolvePatchStain`, in place of `stain`
 * @throws OptionError, TileError, WorkerError, AbortedError
 */
export async function* streamPatches(
  slide: Slide,
  plan: PatchPlan,
  options: StreamOptions & { readonly foundStain?: PatchStain | undefined } = {},
): AsyncGenerator<StreamedPatch> {
  const { onBadTile } = checkWriteOptions({ onBadTile: options.onBadTile });
  const layout = checkChoice('layout', options.layout ?? 'rgb', ['rgb', 'planes']);
  const workerMemory = options.pool?.workerMemory ?? checkWorkerMemory(options.workerMemory);
  const { normalise = {}, signal, onBadTiles } = options;
  const naive = checkMemoryMode(options.mode) === 'naive';
  const own = options.pool ? undefined : createPatchPool(options);
  const pool = options.pool ?? own;
  if (!pool) return;
  try {
    const { stain: asked, foundStain } = options;
    const stain = foundStain ?? (asked && (await resolvePatchStain(slide, asked, { onBadTile, signal })));
    const settings = { onBadTile, layout, normalise, workerMemory, stain, signal, pool };
    if (naive) {
      const { retainPatches } = await import('./retain-patches.ts');
      const kept = streamPatches(slide, plan, { ...options, layout: 'rgb', mode: 'optimised', pool });
      yield* retainPatches(kept, { size: plan.geometry.size, layout, normalise });
      return;
    }
    for await (const { patches, badTiles } of streamJobs(slide, plan, settings)) {
      if (badTiles.length > 0) onBadTiles?.(badTiles);
      // Not `yield*`: of an async generator that waits three times for each.
      for (const patch of patches) yield patch;
    }
  } finally {
    await own?.close();
  }
}

interface StreamSettings {
  readonly pool: PatchPool;
  readonly workerMemory: number;
  readonly onBadTile: BadTilePolicy;
  readonly layout: 'rgb' | 'planes';
  readonly normalise: ModelTableOptions;
  readonly stain: PatchStain | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Jobs a worker that are cut or wait for the consumer. */
const WINDOW = 2;

/** The patches of a plan as pixels, cut by all workers: at most `WINDOW` jobs a worker are ahead of the consumer. */
async function* streamJobs(
  slide: Slide,
  plan: PatchPlan,
  settings: StreamSettings,
): AsyncGenerator<{ patches: StreamedPatch[]; badTiles: readonly BadTile[] }> {
  const { pool, signal } = settings;
  const window = WINDOW * pool.size;
  const spare = createSpareBuffers(window * getLargestJob(getPatchBytes(plan, settings)));
  const jobs = createJobs(slide, plan, { settings, spare });
  for await (const { job, result } of reorder<StreamJob, PatchJobResult>(pool, jobs, {
    window,
    signal,
    getTransfer: keepUnmoved,
  })) {
    yield { patches: collect(result, job.patches, spare), badTiles: result.badTiles };
  }
}

interface StreamJob extends PatchJob {
  readonly patches: readonly PlannedPatch[];
}

function getPatchBytes({ geometry }: PatchPlan, { layout }: StreamSettings): number {
  return geometry.size * geometry.size * 3 * (layout === 'planes' ? 4 : 1);
}

function collect(
  { outcomes, contents = [] }: PatchJobResult,
  patches: readonly PlannedPatch[],
  spare: SpareBuffers,
): StreamedPatch[] {
  const byIndex = new Map(patches.map((patch) => [patch.index, patch]));
  const written = outcomes.filter(({ state }) => state === 'written');
  return written.flatMap(({ index, badTiles, stain }, place) => {
    const patch = byIndex.get(index);
    const pixels = contents[place];
    if (!patch || !pixels) return [];
    const release = () => spare.give(pixels.buffer as ArrayBuffer);
    return [{ patch, pixels, badTiles, stain, release, [Symbol.dispose]: release }];
  });
}

interface JobParts {
  readonly settings: StreamSettings;
  readonly spare: SpareBuffers;
}

async function* createJobs(slide: Slide, plan: PatchPlan, { settings, spare }: JobParts): AsyncGenerator<StreamJob> {
  const { geometry } = plan;
  const { onBadTile, layout, normalise, stain, workerMemory } = settings;
  const { sampling, banded, colors, cells } = await planCells(slide, plan, workerMemory);
  const task: PatchTask = {
    slidePath: slide.name,
    identity: slide.identity,
    remote: slide.remote,
    slideOptions: getReopenOptions(slide),
    colors,
    slideId: '',
    geometry,
    sampling,
    banded,
    onBadTile,
    stain,
    output: { kind: 'pixels', layout, normalise },
  };
  const jobs = {
    sampling: banded ? sampling : undefined,
    size: geometry.size,
    patchBytes: getPatchBytes(plan, settings),
  };
  for (const patches of divideCells(cells, jobs)) yield { ...task, patches, spare: spare.take(patches.length) };
}
