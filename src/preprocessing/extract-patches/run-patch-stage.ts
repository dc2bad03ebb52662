import { opendir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepTemporary } from '../../utils/atomic-file.ts';
import { AbortedError } from '../../utils/errors.ts';
import { type OpenedStage, openStage } from '../../utils/open-stage.ts';
import { RECORD_NAME, type RunRecord } from '../../utils/run-record.ts';
import type { StageRun } from '../../utils/stage-run.ts';
import { VERSION } from '../../utils/version.ts';
import { countFiles } from './count-files.ts';
import { finishPatchOutputs } from './finish-outputs.ts';
import { createPatchFileName } from './patch-file-name.ts';
import type { BadTile, PatchJob } from './patch-job.ts';
import { LEDGER_NAME, openPatchLedger, type PatchLedger } from './patch-ledger.ts';
import { IMAGES, type PatchStage } from './patch-stage.ts';
import { planCells } from './plan-cells.ts';
import { loadPatchWriter } from './writers.ts';

/**
 * Cuts and writes a plan, or takes up where a killed run stopped, or finds that all is done. Memory: `workerMemory`
 * for each worker, a window of the plan, and the thumbnail of the overview; never the number of patches.
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
  const badTiles = collectBadTiles(run);
  try {
    await writePatches(stage, run, badTiles);
    const { counts, outputs } = await finishPatchOutputs(stage);
    const outcome = counts.written === 0 ? { outcome: 'no-patches' } : {};
    const record = await run.finish({ counts, outputs, badTiles: [...badTiles.values()], ...outcome });
    await rm(join(folder, LEDGER_NAME), { force: true });
    return { record, state: opened.state };
  } catch (error) {
    // An interrupted run stays `running` in its record: the next one resumes it.
    if (!(error instanceof AbortedError)) await run.fail(error, { badTiles: [...badTiles.values()] });
    throw error;
  } finally {
    await sweepTemporary(folder);
  }
}

async function writePatches(stage: PatchStage, run: StageRun, badTiles: Map<string, BadTile>): Promise<void> {
  const { plan, write, signal, onProgress, folder } = stage;
  if (write.format === 'coordinates') return;
  const total = plan.count();
  let done = 0;
  const advance = (patches: number) => {
    done += patches;
    onProgress?.(done, total);
  };
  onProgress?.(0, total);
  using ledger = openPatchLedger(folder);
  const jobs = createJobs(stage, { ledger, onSkip: advance });
  await stage.createPool().run(jobs, {
    ...(signal && { signal }),
    onResult(result) {
      // The ledger last: a patch that counts as finished has its bad tiles in the journal.
      journalBadTiles(run, badTiles, result.badTiles);
      ledger.write(result.outcomes);
      stage.onTilesRead?.(result.tilesRead);
      advance(result.outcomes.length);
    },
  });
}

/** The cells that are not finished yet, each as a job of the patches that are missing. */
async function* createJobs(
  stage: PatchStage,
  { ledger, onSkip }: { ledger: PatchLedger; onSkip: (patches: number) => void },
): AsyncGenerator<PatchJob> {
  const { plan, slide, slideId, slideOptions, write, folder } = stage;
  if (write.format === 'coordinates') return;
  const { geometry } = plan;
  const { format, quality, onBadTile } = write;
  const { sampling, banded, cells } = await planCells(slide, plan, stage.workerMemory);
  const { extension } = await loadPatchWriter(format);
  const output = { kind: 'files', format, quality, folder } as const;
  const { name: slidePath, identity } = slide;
  const task = { slidePath, identity, slideOptions, slideId, geometry, sampling, banded, onBadTile, output };
  for (const { patches } of cells) {
    const missing = [];
    for (const patch of patches) {
      const name = createPatchFileName(slideId, patch, { geometry, extension });
      if (!(await isFinished(patch.index, { ledger, file: join(folder, IMAGES, name) }))) missing.push(patch);
    }
    onSkip(patches.length - missing.length);
    if (missing.length > 0) yield { ...task, patches: missing.map(({ index, x, y }) => ({ index, x, y })) };
  }
}

/** The patch has its entry, and its file that size. What is torn is done again. */
async function isFinished(index: number, { ledger, file }: { ledger: PatchLedger; file: string }): Promise<boolean> {
  const [entry] = ledger.read(index, 1);
  if (!entry) return false;
  if (entry.state === 'skipped') return true;
  const found = await stat(file).catch(() => undefined);
  return found?.size === entry.bytes;
}

/** A record may say done while patch files were removed by hand: then it goes, and what is missing is cut again. */
async function openPatchStage(stage: PatchStage): Promise<OpenedStage> {
  const { folder, input, recordOptions: options } = stage;
  const onFresh = (replaced: boolean) => removeOldPatches(folder, replaced);
  const settings = { folder, stage: 'patches', version: VERSION, input, options, onFresh };
  const opened = await openStage(settings);
  if (opened.state !== 'done') return opened;
  const { files = 0 } = opened.record.counts;
  if (files === 0 || (await countFiles(join(folder, IMAGES))) >= files) return opened;
  await rm(join(folder, RECORD_NAME), { force: true });
  return openStage(settings);
}

/**
 * Before a fresh run: a leftover ledger counts for nothing, and where other options or another input made patches here,
 * those go. Only names that patches have are removed.
 */
async function removeOldPatches(folder: string, replaced: boolean): Promise<void> {
  await rm(join(folder, LEDGER_NAME), { force: true });
  if (!replaced) return;
  const pattern = /_x-?\d+_y-?\d+_\d+px\.(png|jpg|webp)$/;
  const images = join(folder, IMAGES);
  for await (const entry of await opendir(images).catch(() => [])) {
    if (pattern.test(entry.name)) await rm(join(images, entry.name), { force: true });
  }
}

function collectBadTiles(run: StageRun): Map<string, BadTile> {
  const known = [...run.finished.values()].map((item) => item['badTile'] as BadTile);
  return new Map(known.map((tile) => [getTileKey(tile), tile]));
}

/** Journals the tiles that are new; a slide has few bad ones, so they may stay in memory. */
function journalBadTiles(run: StageRun, known: Map<string, BadTile>, tiles: readonly BadTile[]): void {
  const fresh = tiles.filter((tile) => !known.has(getTileKey(tile)));
  run.append(fresh.map((badTile, place) => ({ index: known.size + place, badTile })));
  for (const tile of fresh) known.set(getTileKey(tile), tile);
}

function getTileKey({ level, col, row }: BadTile): string {
  return `${level}/${col}/${row}`;
}
