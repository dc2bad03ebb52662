/**
 * Pieces of a slide that are read and recoloured by worker threads, for a conversion that encodes them in its own.
 *
 * Memory of each worker: a piece before and after (24 MiB), and 32 MiB of decoded tiles.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Raster } from '../../io/raster.ts';
import { getReopenOptions } from '../../slide/describe-opening.ts';
import { shareColors } from '../../slide/icc/share-colors.ts';
import type { ReadRegionOptions, Region, Slide } from '../../slide/slide.ts';
import { unpackError } from '../../utils/error-transfer.ts';
import { TileError } from '../../utils/errors.ts';
import { locateWorker } from '../../utils/package-files.ts';
import { createPool } from '../../utils/worker-pool.ts';
import type { StainNormalizer } from '../stain-normalization.ts';
import type { RecolorJob, RecolorResult } from './recolor-job.ts';

/** V8's own heap in a worker: with its usual size pieces that are done with would pile up beside it. */
const HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 128 } as const;
/** With more threads than this they all wait for the one that encodes. */
const MOST_WORKERS = 4;
/** Level-0 pixels. Of smaller slides threads take longer to start than they save. */
const LEAST_PIXELS = 2 ** 28;

export interface RecolorPool extends AsyncDisposable {
  /** Pieces that should be under way at a time. */
  readonly ahead: number;
  /** @throws TileError; WorkerError where a thread can't start or died twice; AbortedError */
  readRegion(region: Region, options?: ReadRegionOptions): Promise<Raster>;
}

/** Threads for a slide, as asked or as they pay; 0 also where they could not open it: from a server, or in memory. */
export function chooseRecolorWorkers(
  { name, remote, width, height }: Pick<Slide, 'name' | 'remote' | 'width' | 'height'>,
  asked: number | undefined,
): number {
  const most = width * height < LEAST_PIXELS ? 0 : Math.min(MOST_WORKERS, availableParallelism());
  return remote || !existsSync(name) ? 0 : (asked ?? most);
}

/** @param size threads, at least one @throws IccError */
export async function openRecolorPool(slide: Slide, normalizer: StainNormalizer, size: number): Promise<RecolorPool> {
  const colors = await shareColors(slide);
  const pool = createPool<RecolorJob, RecolorResult>({
    entry: locateWorker('preprocessing/normalize-files/recolor-worker'),
    size,
    resourceLimits: HEAP,
  });
  const { method, fit, glass, implausible, target, profile } = normalizer;
  const task = {
    slidePath: slide.name,
    identity: slide.identity,
    slideOptions: getReopenOptions(slide),
    colors,
    normalizer: { method, fit, glass, implausible, target, source: profile },
  };
  // Bad tiles are told in the order of the pieces, whichever thread is the first.
  let told: Promise<void> = Promise.resolve();
  return {
    ahead: 2 * size,
    async readRegion(region, { signal, onBadTile } = {}) {
      const before = told;
      const job = { ...task, region, whiten: onBadTile !== undefined };
      const running = runOne(pool, job, signal);
      const telling = running.then(async ({ badTiles }) => {
        await before;
        for (const error of badTiles.map(unpackError)) if (error instanceof TileError) onBadTile?.(error);
      });
      told = telling.catch(() => {});
      const { data } = await running;
      await telling;
      return { width: region.width, height: region.height, channels: 3, data };
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

async function runOne(
  pool: ReturnType<typeof createPool<RecolorJob, RecolorResult>>,
  job: RecolorJob,
  signal: AbortSignal | undefined,
): Promise<RecolorResult> {
  const results: RecolorResult[] = [];
  await pool.run([job], { onResult: (result) => void results.push(result), ...(signal && { signal }) });
  const [result] = results;
  if (!result) throw new TypeError('a job without a result');
  return result;
}
