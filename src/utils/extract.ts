/**
 * Files collected out of a tree of folders into one: moved, never copied where a rename will do, and nothing is deleted
 * unless that is asked for. Each deed is written to a journal before it is done; a run that was killed is taken up by the
 * next, and `undoCollect` puts everything back. Memory does not grow with the number of files.
 */
import { rmdirSync } from 'node:fs';
import { CollectJournal, findJournal } from './extract/collect-journal.ts';
import { collectMoves } from './extract/collect-moves.ts';
import { type CollectCounts, type CollectRun, createCollectRun, listMissingFolders } from './extract/collect-run.ts';
import { deleteUnmatched } from './extract/delete-unmatched.ts';
import { type CollectOptions, type CollectSettings, resolveSettings } from './extract/options.ts';
import { removeEmptyFolders } from './extract/remove-empty.ts';
import { settleMove } from './extract/settle-move.ts';
import { acquireLease } from './lease.ts';

export type { CollectCounts } from './extract/collect-run.ts';
export type { CollectEvent, CollectOptions } from './extract/options.ts';
export { undoCollect } from './extract/undo-collect.ts';

export interface CollectReport extends Readonly<CollectCounts> {
  readonly schema: 'slideloom/collect/v1';
  readonly source: string;
  readonly out: string;
  readonly logs: string;
  readonly dryRun: boolean;
  /** Null where nothing was done. */
  readonly journal: string | null;
  /** `deleteUnmatched` was asked for, and something could not be moved: so nothing was deleted. */
  readonly deletionCalledOff: boolean;
}

/**
 * Moves the files below `source` whose names fit into `out`. Symbolic links are not followed and stay, so do pipes, sockets
 * and devices; target folders inside the source are not searched. A file whose name is taken stays, or gets a number
 * (`onCollision`); one whose content is in the target already, under its name, stays and is counted as `equal`. Across file
 * systems a file is copied, synced, compared by size and SHA-256, and only then removed.
 * @throws OptionError; OutputInUseError; OutputError where nothing can be written (a full disk); the signal's reason
 */
export async function collectFiles(source: string, options: CollectOptions): Promise<CollectReport> {
  const settings = resolveSettings(source, options);
  if (settings.dryRun) {
    const run = createCollectRun(settings, options);
    await collectMoves(run, undefined);
    const calledOff = await deleteWhereSafe(run, undefined);
    return createReport(run, { journal: null, calledOff });
  }
  const created = listMissingFolders(settings.out);
  try {
    return await collectUnderLease(settings, options, created);
  } finally {
    for (const folder of created.reverse()) removeIfEmpty(folder);
  }
}

async function collectUnderLease(
  settings: CollectSettings,
  options: CollectOptions,
  created: readonly string[],
): Promise<CollectReport> {
  const { source, out, files } = settings;
  await using lease = await acquireLease(out);
  const run = createCollectRun(settings, options, lease.signal);
  const found = await settleMove(await findJournal(out), { files, signal: run.signal });
  using journal = new CollectJournal(found, files, {
    kind: 'start',
    schema: 'slideloom/collect/v1',
    ...{ source, out, created: [...created] },
  });
  await collectMoves(run, journal);
  const calledOff = await deleteWhereSafe(run, journal);
  if (settings.removeEmpty) await removeEmptyFolders(run, journal);
  if (journal.bytes > 0) journal.write({ kind: 'end' });
  return createReport(run, { journal: journal.bytes > 0 ? journal.path : null, calledOff });
}

/** @returns true where it was asked for and not done */
async function deleteWhereSafe(run: CollectRun, journal: CollectJournal | undefined): Promise<boolean> {
  if (!run.settings.deleteUnmatched) return false;
  if (run.counts.collisions + run.counts.failed > 0) return true;
  await deleteUnmatched(run, journal);
  return false;
}

function createReport(
  { settings, counts }: CollectRun,
  { journal, calledOff }: { journal: string | null; calledOff: boolean },
): CollectReport {
  const { source, out, logs, dryRun } = settings;
  const where = { schema: 'slideloom/collect/v1', source, out, logs, dryRun } as const;
  return { ...where, ...counts, journal, deletionCalledOff: calledOff };
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It has files, or was never made.
  }
}
