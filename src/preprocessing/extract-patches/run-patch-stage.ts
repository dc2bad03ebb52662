import { opendir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepTemporary } from '../../utils/atomic-file.ts';
import { AbortedError } from '../../utils/errors.ts';
import { type OpenedStage, openStage } from '../../utils/open-stage.ts';
import { RECORD_NAME, type RunRecord } from '../../utils/run-record.ts';
import type { StageRun } from '../../utils/stage-run.ts';
import { VERSION } from '../../utils/version.ts';
import { createStageLabels, type StageLabels } from '../patch-labels/stage-labels.ts';
import { PROFILE_NAME } from '../stain-normalization/profiles/profile-file.ts';
import { type BadTileJournal, createBadTileJournal, listBadTileItems } from './bad-tile-journal.ts';
import { countFiles } from './count-files.ts';
import { finishPatchOutputs } from './finish-outputs.ts';
import { findKeptPatches, rebuildLedger } from './keep-patches.ts';
import { LEDGER_NAME } from './patch-ledger.ts';
import { IMAGES, type PatchStage } from './patch-stage.ts';
import { listStainNotices } from './patch-stain.ts';
import { listSamplingNotices } from './sampling-notices.ts';
import type { FinishedShard } from './shards/shard-writer.ts';
import { writePatchShards } from './shards/write-patch-shards.ts';
import { writePatchFiles } from './write-patch-files.ts';
import { getFileFormat } from './writers.ts';

/**
 * Cuts and writes a plan, or takes up where a killed run stopped, or finds that all is done. Memory: `workerMemory`
 * for each worker, half as much again for shards, a window of the plan, with labels a block of their counts, and the thumbnail
 * of the overview; never the number of patches.
 * @throws TileError under the policy `fail`, OutputError, WorkerError, AbortedError; what is finished stays for a rerun.
 */
export async function runPatchStage(stage: PatchStage): Promise<{ record: RunRecord; state: OpenedStage['state'] }> {
  const { folder } = stage;
  const opened = await openPatchStage(stage);
  if (opened.state === 'done') {
    await rm(join(folder, LEDGER_NAME), { force: true });
    return { record: opened.record, state: 'done' };
  }
  using run = opened.run;
  const badTiles = createBadTileJournal(run);
  try {
    using labels = stage.labels && (await createStageLabels(stage.labels, stage.plan, stage));
    const shards = await writePatches(stage, run, { badTiles, labels });
    await stage.onCut?.();
    const { counts, outputs } = await finishPatchOutputs(stage, { shards, labels });
    const outcome = counts.written === 0 ? { outcome: 'no-patches' } : {};
    const sampling = stage.write.format === 'coordinates' ? [] : await listSamplingNotices(stage.slide, stage.plan);
    const stains = stage.stain && counts.planned > 0 ? listStainNotices(stage.stain) : [];
    const notices = [...sampling, ...stains, ...(labels?.notices ?? [])];
    const record = await run.finish({ counts, outputs, badTiles: badTiles.list(), notices, ...outcome });
    await rm(join(folder, LEDGER_NAME), { force: true });
    return { record, state: opened.state };
  } catch (error) {
    // An interrupted run stays `running` in its record: the next one resumes it.
    // The first error is the one to tell: where not even the record can be written, it stays `running`.
    if (!(error instanceof AbortedError)) await run.fail(error, { badTiles: badTiles.list() }).catch(() => {});
    throw error;
  } finally {
    await sweepTemporary(folder);
  }
}

/** @returns the shards, where patches go into some. */
async function writePatches(
  stage: PatchStage,
  run: StageRun,
  { badTiles, labels }: { badTiles: BadTileJournal; labels: StageLabels | undefined },
): Promise<readonly FinishedShard[]> {
  const { format, depth, container } = stage.write;
  if (format === 'coordinates') return [];
  const total = stage.plan.count();
  let done = 0;
  const onDone = (patches: number) => {
    done += patches;
    stage.onProgress?.(done, total);
  };
  stage.onProgress?.(0, total);
  const options = { format: getFileFormat({ format, depth }), badTiles, onDone };
  if (container === 'shards') return writePatchShards(stage, run, { ...options, labels });
  await writePatchFiles(stage, options);
  return [];
}

/** A record may say done while patch files were removed by hand: then it goes, and what is missing is cut again. */
async function openPatchStage(stage: PatchStage): Promise<OpenedStage> {
  const { folder, input, recordOptions: options } = stage;
  const kept = await findKeptPatches(stage);
  const onFresh = async (replaced: boolean) => {
    if (replaced && kept && (await rebuildLedger(stage, kept))) return listBadTileItems(kept.badTiles);
    await removeOldPatches(folder, replaced);
    if (replaced && !canOwnProfile(stage)) await rm(join(folder, PROFILE_NAME), { force: true });
    return [];
  };
  const settings = { folder, stage: 'patches', version: VERSION, input, options, onFresh };
  const opened = await openStage(settings);
  if (opened.state !== 'done') return opened;
  const { files = 0 } = opened.record.counts;
  if (files === 0 || (await countFiles(join(folder, IMAGES))) >= files) return opened;
  await rm(join(folder, RECORD_NAME), { force: true });
  return openStage(settings);
}

/** Whether the profile of the slide has a place beside its patches: it may be theirs, of a cohort, or given from there. */
function canOwnProfile({ stain }: PatchStage): boolean {
  return stain !== undefined && stain.fit !== 'patch';
}

/**
 * Before a fresh run: a leftover ledger counts for nothing, and where other options or another input made patches here,
 * those go: only names that patches have. Shards are listed in the record or the journal, by which they go.
 */
async function removeOldPatches(folder: string, replaced: boolean): Promise<void> {
  await rm(join(folder, LEDGER_NAME), { force: true });
  if (!replaced) return;
  const pattern = /_x-?\d+_y-?\d+_\d+px\.(png|jpg|webp)$/;
  const images = join(folder, IMAGES);
  for await (const entry of await opendir(images).catch(() => [])) {
    if (pattern.test(entry.name)) await rm(join(images, entry.name), { force: true });
  }
  // Only where nothing of somebody else's is left in it.
  await rmdir(images).catch(() => undefined);
}
