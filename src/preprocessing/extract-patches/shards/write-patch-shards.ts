import { join } from 'node:path';
import { reorder } from '../../../utils/reorder.ts';
import type { StageRun } from '../../../utils/stage-run.ts';
import type { StageLabels } from '../../patch-labels/stage-labels.ts';
import { createItemIndex } from '../bad-tile-journal.ts';
import type { JobPatch, PatchJob, PatchJobResult } from '../patch-job.ts';
import {
  openPatchLedger,
  type PackedEntries,
  type PackedPlace,
  type PatchLedger,
  setPackedPlace,
  sliceEntries,
} from '../patch-ledger.ts';
import type { PlannedPatch } from '../patch-plan.ts';
import { type PatchStage, SHARDS } from '../patch-stage.ts';
import { planCells } from '../plan-cells.ts';
import { RUN_DEFAULTS } from '../run-options.ts';
import { createSpareBuffers, keepUnmoved, type SpareBuffers } from '../spare-buffers.ts';
import type { WritePatchesOptions } from '../write-patch-files.ts';
import type { SampleLabel } from './sample.ts';
import { chooseRunLimits, splitIntoShardRuns } from './shard-runs.ts';
import { createShardWriter, type FinishedShard, type ShardWriter } from './shard-writer.ts';

/** Runs that are under way, or done ahead of their turn, for each worker. */
const WINDOW = 2;

interface WriteShardsOptions extends WritePatchesOptions {
  readonly labels?: StageLabels | undefined;
}

/**
 * Tar files of many patches. Workers cut and encode runs of patches and pack them as they lie in a shard; this thread puts
 * the runs in order, and hashes and writes them in large pieces.
 * Shards of an earlier run are kept up to the first that is missing, and all that follows is cut again. Memory beside
 * that of the workers: `WINDOW` runs a worker, each of a quarter of its memory or one patch, in buffers of up to twice that (they
 * grow by doubling, and are filled again), and a buffer of 256 KiB.
 */
export async function writePatchShards(
  stage: PatchStage,
  run: StageRun,
  options: WriteShardsOptions,
): Promise<readonly FinishedShard[]> {
  using ledger = openPatchLedger(stage.folder);
  const finished = new LedgerBatch(ledger);
  const kept = await findSoundShards(stage, listShards(run), ledger);
  await using writer = await openWriter(stage, run, { finished, kept });
  const pool = stage.createPool();
  let position = writer.nextPosition;
  const window = WINDOW * pool.size;
  const spare = createSpareBuffers(window);
  const jobs = createJobs(stage, { ...options, spare }, position);
  const settings = { window, signal: stage.signal, getTransfer: keepUnmoved };
  for await (const { job, result } of reorder<PatchJob, PatchJobResult>(pool, jobs, settings)) {
    options.badTiles.add(result.badTiles);
    const { entries, samples } = result;
    if (entries && samples) {
      finished.begin(entries);
      await writer.addPacked(samples, position, (number, place) => finished.place(number, place));
      finished.end();
      spare.give(samples.bytes.buffer as ArrayBuffer);
    }
    position += job.patches.length;
    stage.onTilesRead?.(result.tilesRead);
    options.onDone(job.patches.length);
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
  { format, onDone, labels, spare }: WriteShardsOptions & { readonly spare: SpareBuffers },
  from: number,
): AsyncGenerator<PatchJob> {
  const { plan, slide, slideId, slideOptions, workerMemory, stain } = stage;
  const { geometry } = plan;
  const { quality, checkCopies, onBadTile } = stage.write;
  const planned = await planCells(slide, plan, workerMemory, RUN_DEFAULTS.workerMemory);
  const { sampling, banded, colors, bandWidth, cells } = planned;
  const output = { kind: 'samples', format, quality, checkCopies } as const;
  const { name: slidePath, identity, remote } = slide;
  const slideFacts = { slidePath, identity, remote, slideOptions, slideId };
  const task = { ...slideFacts, geometry, sampling, banded, colors, onBadTile, stain, output };
  const describe = (patch: PlannedPatch): JobPatch =>
    labels ? { ...patch, label: describeLabel(labels, patch.index) } : patch;
  onDone(from);
  let position = 0;
  for (const patches of splitIntoShardRuns(cells, chooseRunLimits(geometry, { workerMemory, bandWidth }))) {
    const missing = patches.slice(Math.max(0, from - position));
    position += patches.length;
    if (missing.length > 0) yield { ...task, patches: missing.map(describe), spare: spare.take(1) };
  }
}

function describeLabel(labels: StageLabels, index: number): SampleLabel | undefined {
  const [found] = labels.read(index, 1);
  if (!found) return undefined;
  const { label, labelId, fractions } = found;
  return { label, labelId, fractions: labels.classes.map(({ name }, slot) => [name, fractions[slot] ?? null]) };
}

/** Entries of the run that is being written: those whose places are known go to the ledger. */
class LedgerBatch {
  readonly #ledger: PatchLedger;
  #entries: PackedEntries = { indices: new Float64Array(0), bytes: new Uint8Array(0) };
  #written = 0;
  #placed = 0;

  constructor(ledger: PatchLedger) {
    this.#ledger = ledger;
  }

  begin(entries: PackedEntries): void {
    this.#entries = entries;
    this.#written = 0;
    this.#placed = 0;
  }

  place(number: number, place: PackedPlace): void {
    setPackedPlace(this.#entries, number, place);
    this.#placed = number + 1;
  }

  /** Those up to the last one with a place. */
  flush(): void {
    this.#ledger.writePacked(sliceEntries(this.#entries, this.#written, this.#placed));
    this.#written = this.#placed;
  }

  /** All that is left: patches that were left out have no place. */
  end(): void {
    this.#placed = this.#entries.indices.length;
    this.flush();
  }
}
