import { lstatSync } from 'node:fs';
import { OutputError } from '../errors.ts';
import { type CollectJournal, readJournalLines } from './collect-journal.ts';
import { type CollectRun, failPath, walkSource } from './collect-run.ts';
import { matchName } from './match-name.ts';

/**
 * Deletes the files whose names don't fit. First all of them are written to the journal and told; then those go that are
 * as they were then. Without a journal they are only told.
 */
export async function deleteUnmatched(run: CollectRun, journal: CollectJournal | undefined): Promise<void> {
  const { settings, counts } = run;
  const start = journal?.bytes ?? 0;
  await planDeletions(run, journal);
  if (!journal) return;
  for await (const line of readJournalLines(journal.path, { start, end: journal.bytes })) {
    run.signal?.throwIfAborted();
    if (line.kind !== 'delete') continue;
    try {
      const now = lstatSync(line.path, { throwIfNoEntry: false });
      if (now === undefined) continue;
      if (!now.isFile() || now.size !== line.size || now.mtimeMs !== line.mtimeMs)
        throw new OutputError(line.path, 'it has changed since the plan was made, and stays');
      settings.files.unlink(line.path);
      counts.deleted++;
      counts.deletedBytes += line.size;
    } catch (cause) {
      failPath(run, line.path, cause);
    }
  }
}

async function planDeletions(run: CollectRun, journal: CollectJournal | undefined): Promise<void> {
  for await (const entry of walkSource(run)) {
    if (entry.kind !== 'file' || matchName(entry.name, run.settings) !== undefined) continue;
    try {
      const { size, mtimeMs } = lstatSync(entry.path);
      journal?.write({ kind: 'delete', path: entry.path, size, mtimeMs });
      run.emit({ kind: 'delete', path: entry.path, bytes: size });
      if (journal) continue;
      run.counts.deleted++;
      run.counts.deletedBytes += size;
    } catch (cause) {
      failPath(run, entry.path, cause);
    }
  }
}
