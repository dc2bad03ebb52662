import { lstatSync } from 'node:fs';
import { type TargetChoice, TargetChooser } from './choose-target.ts';
import { ClaimedNames } from './claimed-names.ts';
import type { CollectJournal } from './collect-journal.ts';
import { type CollectRun, failPath, listMissingFolders, walkSource } from './collect-run.ts';
import { matchName } from './match-name.ts';
import { moveFile } from './move-file.ts';
import { EmptyFolderPlan } from './remove-empty.ts';

/** Moves what fits, in one walk. Without a journal nothing is changed, and what would be done is told. */
export async function collectMoves(run: CollectRun, journal: CollectJournal | undefined): Promise<void> {
  const { settings, counts } = run;
  const chooser = new TargetChooser(settings, journal ? undefined : new ClaimedNames());
  const plan = journal ? undefined : new EmptyFolderPlan(run);
  for await (const entry of walkSource(run)) {
    if (entry.kind === 'enter') plan?.enter();
    else if (entry.kind === 'leave') plan?.leave(entry.path);
    else if (entry.kind === 'file') {
      counts.files++;
      run.onProgress?.(counts.files);
      if (!(await visitFile(entry, { run, journal, chooser }))) plan?.keep();
    } else {
      plan?.keep();
      if (entry.kind === 'link') counts.links++;
      else if (entry.kind === 'special') counts.special++;
      else if (entry.kind === 'unreadable') failPath(run, entry.path, entry.cause);
    }
  }
}

interface Taking {
  readonly run: CollectRun;
  readonly journal: CollectJournal | undefined;
  readonly chooser: TargetChooser;
}

/** @returns whether the file leaves its folder */
async function visitFile({ path, name }: { path: string; name: string }, taking: Taking): Promise<boolean> {
  const { settings, counts } = taking.run;
  const match = matchName(name, settings);
  if (match !== undefined) return takeFile(path, match, taking);
  counts.unmatched++;
  return settings.deleteUnmatched;
}

async function takeFile(from: string, match: 'slide' | 'log', taking: Taking): Promise<boolean> {
  const { counts, settings, signal, emit } = taking.run;
  const folder = match === 'log' ? settings.logs : settings.out;
  // Someone else may take a name between the look at it and its reservation: then another is looked for.
  for (;;) {
    try {
      const choice = await taking.chooser.choose(from, folder, signal);
      if (choice.kind !== 'free') {
        leaveFile(from, choice, taking.run);
        return false;
      }
      const { size, mtimeMs } = lstatSync(from);
      const move = { kind: 'move', from, to: choice.to, size, mtimeMs } as const;
      if (taking.journal) {
        makeFolder(folder, taking.journal, taking.run);
        const way = await moveFile(move, { journal: taking.journal, files: settings.files, signal });
        if (way === 'taken') continue;
        if (way === 'copied') counts.copied++;
      }
      counts[match === 'log' ? 'movedLogs' : 'moved']++;
      counts.bytes += size;
      emit({ kind: match === 'log' ? 'log' : 'move', from, to: choice.to, bytes: size });
      return true;
    } catch (cause) {
      failPath(taking.run, from, cause);
      return false;
    }
  }
}

/** Something has its name in the target. */
function leaveFile(from: string, { kind, to }: TargetChoice, { settings, counts, emit }: CollectRun): void {
  if (kind === 'equal') {
    counts.equal++;
    emit({ kind: 'equal', from, to });
  } else if (settings.onCollision === 'skip') {
    counts.skipped++;
    emit({ kind: 'skip', from, to });
  } else {
    counts.collisions++;
    emit({ kind: 'collision', from, to });
  }
}

function makeFolder(folder: string, journal: CollectJournal, { settings }: CollectRun): void {
  const paths = listMissingFolders(folder);
  if (paths.length === 0) return;
  journal.write({ kind: 'folders', paths });
  settings.files.mkdir(folder);
}
