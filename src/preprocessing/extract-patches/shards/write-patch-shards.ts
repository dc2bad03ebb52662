import { join } from 'node:path';
import { reorder } from '../../../utils/reorder.ts';
import type { StageRun } from '../../../utils/stage-run.ts';
import type { StageLabels } from '../../patch-labels/stage-labels.ts';
import { createItemIndex } from '../bad-tile-journal.ts';
import type { PatchJob, PatchJobResult, PatchOutcome } from '../patch-job.ts';
import { openPatchLedger, type PatchLedger } from '../patch-ledger.ts';
import type { PlannedPatch } from '../patch-plan.ts';
import { type PatchStage, SHARDS } from '../patch-stage.ts';
import { planCells } from '../plan-cells.ts';
import { RUN_DEFAULTS } from '../run-options.ts';
import type { WritePatchesOptions } from '../write-patch-files.ts';
import { loadPatchWriter } from '../writers.ts';
import type { SampleLabel, ShardSample } from './sample.ts';
import { chooseRunLimits, splitIntoShardRuns } from './shard-runs.ts';
import { createShardWriter, type FinishedShard, type ShardWriter } from './shard-writer.ts';

/** Runs that are under way, or done ahead of their turn, for each worker. */
const WINDOW = 2;

interface ShardJob extends PatchJob {
  readonly patches: readonly PlannedPatch[];
}

/**
 * Tar files of many patches. Workers cut and encode runs of patches; this thread puts them in order and writes them.
 * Shards of an earlier run are kept up to the first that is missing, and all that follows is cut again. Memory beside
 * that of the workers: `WINDOW` runs a worker, each of a quarter of its memory or one patch, and a buffer of 256 KiB.
 */
export async function writePatchShards(
  stage: PatchStage,
  run: StageRun,
  options: WritePatchesOptions & { readonly labels?: StageLabels | undefined },
): Promise<readonly FinishedShard[]> {
  using ledger = openPatchLedger(stage.folder);
  const finished = new LedgerBatch(ledger);
  const kept = await findSoundShards(stage, listShards(run), ledger);
  await using writer = await openWriter(stage, run, { finished, kept });
  const { extension } = await loadPatchWriter(options.format);
  const pool = stage.createPool();
  let position = writer.nextPosition;
  const jobs = createJobs(stage, options, position);
  const settings = { window: WINDOW * pool.size, signal: stage.signal };
  for await (const { job, result } of reorder<ShardJob, PatchJobResult>(pool, jobs, settings)) {
    options.badTiles.add(result.badTiles);
    const { labels } = options;
    for (const { outcome, sample } of pairSamples(stage, { job, result, extension, position, labels })) {
      finished.add(sample ? { ...outcome, packed: await writer.add(sample) } : outcome);
    }
    finished.flush();
    position += result.outcomes.length;
    stage.onTilesRead?.(result.tilesRead);
    options.onDone(result.outcomes.length);
  }
  return await writer.finish();
}

function openWriter(
  { folder, write }: PatchStage,
  run: StageRun,
  { finished, kept }: { finished: LedgerBatch; kept: readonly FinishedShard[] },
): Promise<ShardWriter> {
  return createShardWriter({
    folder: join(folder, SHARDS),
    shardSize: write.shardSize,
    shardBytes: write.shardBytes,
    finished: kept,
    onBegin: (name) => run.announce([`${SHARDS}/${name}`]),
    onShard(shard) {
      // The journal last: all patches of a shard that counts as finished are in the ledger.
      finished.flush();
      const index = createItemIndex('shard', shard.firstPosition);
      run.append([{ ...shard, index, path: `${SHARDS}/${shard.path}` }]);
    },
  });
}

/** Shards that an earlier run finished, in their order. */
function listShards(run: StageRun): FinishedShard[] {
  const shards = [...run.finished.values()].flatMap(({ index: _, path, ...rest }) =>
    path?.startsWith(`${SHARDS}/`) ? [{ ...rest, path: path.slice(SHARDS.length + 1) } as FinishedShard] : [],
  );
  return shards.sort((a, b) => a.firstPosition - b.firstPosition);
}

/**
 * Those of them whose patches the ledger has all. It is not waited for on the disk, as the journal's records are: after a
 * power cut, or where somebody removed it, shards may stand without it.
 */
async function findSoundShards(
  stage: PatchStage,
  shards: readonly FinishedShard[],
  ledger: PatchLedger,
): Promise<readonly FinishedShard[]> {
  const end = shards[shards.length - 1]?.lastPosition ?? -1;
  let position = 0;
  for (const patches of await planRuns(stage)) {
    if (position > end) break;
    for (const { index } of patches) {
      if (!ledger.read(index, 1)[0]) return shards.filter(({ lastPosition }) => lastPosition < position);
      position++;
    }
  }
  return shards;
}

/** The patches in the order in which shards have them. */
async function planRuns({ plan, slide, workerMemory }: PatchStage): Promise<Iterable<readonly PlannedPatch[]>> {
  const { bandWidth, cells } = await planCells(slide, plan, workerMemory, RUN_DEFAULTS.workerMemory);
  return splitIntoShardRuns(cells, chooseRunLimits(plan.geometry, { workerMemory, bandWidth }));
}

/**
 * Runs of patches from a position on, in an order that the plan and the slide decide, whatever a worker may hold: cells are
 * those of the default memory, and only their division into runs depends on the actual one.
 */
async function* createJobs(
  stage: PatchStage,
  { format, onDone }: WritePatchesOptions,
  from: number,
): AsyncGenerator<ShardJob> {
  const { plan, slide, slideId, slideOptions, workerMemory, stain } = stage;
  const { geometry } = plan;
  const { quality, checkCopies, onBadTile } = stage.write;
  const planned = await planCells(slide, plan, workerMemory, RUN_DEFAULTS.workerMemory);
  const { sampling, banded, colors, bandWidth, cells } = planned;
  const output = { kind: 'bytes', format, quality, checkCopies } as const;
  const { name: slidePath, identity, remote } = slide;
  const slideFacts = { slidePath, identity, remote, slideOptions, slideId };
  const task = { ...slideFacts, geometry, sampling, banded, colors, onBadTile, stain, output };
  onDone(from);
  let position = 0;
  for (const patches of splitIntoShardRuns(cells, chooseRunLimits(geometry, { workerMemory, bandWidth }))) {
    const missing = patches.slice(Math.max(0, from - position));
    position += patches.length;
    if (missing.length > 0) yield { ...task, patches: missing };
  }
}

/** The patches of a run: what became of each, and where it was written, its sample. */
function* pairSamples(
  { slideId, plan }: PatchStage,
  run: {
    job: ShardJob;
    result: PatchJobResult;
    extension: string;
    position: number;
    labels: StageLabels | undefined;
  },
): Generator<{ outcome: PatchOutcome; sample: ShardSample | undefined }> {
  const { level, mpp, size } = plan.geometry;
  const contents = (run.result.contents ?? []).values();
  for (const [place, outcome] of run.result.outcomes.entries()) {
    const patch = run.job.patches[place];
    const bytes = outcome.state === 'written' ? contents.next().value : undefined;
    if (!patch || !(bytes instanceof Uint8Array)) {
      yield { outcome, sample: undefined };
      continue;
    }
    const { index, x, y, tissueFraction } = patch;
    const { badTiles, sha256, stain } = outcome;
    const labels = describeLabel(run.labels, index);
    const description = { slide: slideId, x, y, level, mpp, size, tissueFraction, badTiles, sha256, stain, labels };
    yield { outcome, sample: { index, position: run.position + place, extension: run.extension, bytes, description } };
  }
}

function describeLabel(labels: StageLabels | undefined, index: number): SampleLabel | undefined {
  const [found] = labels?.read(index, 1) ?? [];
  if (!labels || !found) return undefined;
  const { label, labelId, fractions } = found;
  return { label, labelId, fractions: labels.classes.map(({ name }, slot) => [name, fractions[slot] ?? null]) };
}

/** Gathers entries of the ledger for one write. */
class LedgerBatch {
  readonly #ledger: PatchLedger;
  #entries: PatchOutcome[] = [];

  constructor(ledger: PatchLedger) {
    this.#ledger = ledger;
  }

  add(entry: PatchOutcome): void {
    this.#entries.push(entry);
  }

  flush(): void {
    this.#ledger.write(this.#entries);
    this.#entries = [];
  }
}
