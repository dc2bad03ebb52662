import type { ModelTableOptions } from '../../io/kernels/rgb-planes.ts';
import type { Slide } from '../../slide/slide.ts';
import { AbortedError } from '../../utils/errors.ts';
import { createHandOff } from '../../utils/hand-off.ts';
import { checkChoice } from '../../utils/options.ts';
import type { BadTile, PatchJob, PatchJobResult, PatchTask } from './patch-job.ts';
import type { PatchPlan, PlannedPatch } from './patch-plan.ts';
import { checkWorkerMemory, createPatchPool } from './patch-pool.ts';
import type { PatchPool } from './patch-stage.ts';
import { planCells } from './plan-cells.ts';
import { type BadTilePolicy, checkWriteOptions } from './run-options.ts';

export interface StreamOptions {
  /** `rgb`: bytes row by row; `planes`: floats, all of red, then green, then blue, as models want them. */
  layout?: 'rgb' | 'planes' | undefined;
  /** For planes: (value / 255 - mean) / std; plain value / 255 without. */
  normalise?: ModelTableOptions | undefined;
  onBadTile?: BadTilePolicy | undefined;
  /** Told of stored tiles that could not be read. */
  onBadTiles?: ((tiles: readonly BadTile[]) => void) | undefined;
  /** Threads; one a core by default. */
  workers?: number | undefined;
  workerMemory?: number | undefined;
  /** A pool to use instead; the caller closes it. */
  pool?: PatchPool | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Patches as pixels from all cores, in the order they are done, without files: the feed of a model. Workers wait for the
 * consumer, so memory is that of the workers and 16 patches for each. Leaving the loop stops them.
 * @throws OptionError, TileError, WorkerError, AbortedError
 */
export async function* streamPatches(
  slide: Slide,
  plan: PatchPlan,
  options: StreamOptions = {},
): AsyncGenerator<StreamedPatch> {
  const { onBadTile } = checkWriteOptions({ onBadTile: options.onBadTile });
  const layout = checkChoice('layout', options.layout ?? 'rgb', ['rgb', 'planes']);
  const workerMemory = options.pool?.workerMemory ?? checkWorkerMemory(options.workerMemory);
  const { normalise = {}, signal, onBadTiles } = options;
  const own = options.pool ? undefined : createPatchPool(options);
  const pool = options.pool ?? own;
  if (!pool) return;
  try {
    const settings = { onBadTile, layout, normalise, workerMemory, signal };
    for await (const { patches, badTiles } of streamJobs(slide, plan, { ...settings, pool })) {
      if (badTiles.length > 0) onBadTiles?.(badTiles);
      yield* patches;
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
  readonly signal: AbortSignal | undefined;
}

/** A patch whose pixels were cut in a worker and moved here. */
export interface StreamedPatch {
  readonly patch: PlannedPatch;
  /** size x size x 3: RGB bytes row by row, or planes of floats (red, green, blue). The receiver owns them. */
  readonly pixels: Uint8Array | Float32Array;
  /** Stored tiles painted white in it. */
  readonly badTiles: number;
}

/** Patches of a job: its pixels wait in the worker until they are moved. */
const JOB_PATCHES = 16;

/**
 * The patches of a plan as pixels, cut by all workers, in the order they are done. A worker waits until its last job has
 * been consumed: at most `JOB_PATCHES` patches a worker are held.
 */
async function* streamJobs(
  slide: Slide,
  plan: PatchPlan,
  settings: StreamSettings,
): AsyncGenerator<{ patches: StreamedPatch[]; badTiles: readonly BadTile[] }> {
  const channel = createHandOff<{ job: PatchJob; result: PatchJobResult; patches: readonly PlannedPatch[] }>();
  const left = new AbortController();
  const signal = settings.signal ? AbortSignal.any([settings.signal, left.signal]) : left.signal;
  const planned = new WeakMap<PatchJob, readonly PlannedPatch[]>();
  const running = settings.pool
    .run(createJobs(slide, plan, { settings, planned }), {
      signal,
      onResult: (result, job) => channel.push({ job, result, patches: planned.get(job) ?? [] }),
    })
    .then(
      () => channel.end(),
      (error: unknown) => channel.end(error),
    );
  try {
    for await (const { result, patches } of channel)
      yield { patches: collect(result, patches), badTiles: result.badTiles };
  } finally {
    // A consumer that leaves early stops the workers.
    left.abort(new AbortedError('the patches are no longer wanted'));
    channel.end();
    await running;
  }
}

function collect({ outcomes, contents = [] }: PatchJobResult, patches: readonly PlannedPatch[]): StreamedPatch[] {
  const byIndex = new Map(patches.map((patch) => [patch.index, patch]));
  const written = outcomes.filter(({ state }) => state === 'written');
  return written.flatMap(({ index, badTiles }, place) => {
    const patch = byIndex.get(index);
    const own = contents[place];
    return patch && own ? [{ patch, pixels: own, badTiles }] : [];
  });
}

async function* createJobs(
  slide: Slide,
  plan: PatchPlan,
  { settings, planned }: { settings: StreamSettings; planned: WeakMap<PatchJob, readonly PlannedPatch[]> },
): AsyncGenerator<PatchJob> {
  const { geometry } = plan;
  const { onBadTile, layout, normalise, workerMemory } = settings;
  const { sampling, banded, cells } = await planCells(slide, plan, workerMemory);
  const task: PatchTask = {
    slidePath: slide.name,
    identity: slide.identity,
    slideOptions: {},
    slideId: '',
    geometry,
    sampling,
    banded,
    onBadTile,
    output: { kind: 'pixels', layout, normalise },
  };
  for (const { patches } of cells) {
    for (let first = 0; first < patches.length; first += JOB_PATCHES) {
      const own = patches.slice(first, first + JOB_PATCHES);
      const job = { ...task, patches: own.map(({ index, x, y }) => ({ index, x, y })) };
      planned.set(job, own);
      yield job;
    }
  }
}
