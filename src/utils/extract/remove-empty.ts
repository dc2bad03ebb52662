import { lstatSync, opendirSync } from 'node:fs';
import type { CollectJournal } from './collect-journal.ts';
import { type CollectRun, failPath, walkSource } from './collect-run.ts';

/** Removes the folders below the source that hold nothing, from the innermost out. */
export async function removeEmptyFolders(run: CollectRun, journal: CollectJournal): Promise<void> {
  const { settings, counts, emit } = run;
  for await (const { kind, path } of walkSource(run)) {
    if (kind !== 'leave' || path === settings.source) continue;
    try {
      if (!isEmpty(path)) continue;
      journal.write({ kind: 'rmdir', path, mode: lstatSync(path).mode & 0o7777 });
      settings.files.rmdir(path);
      counts.foldersRemoved++;
      emit({ kind: 'remove-folder', path });
    } catch (cause) {
      failPath(run, path, cause);
    }
  }
}

/** Follows the walk of a dry run and tells which folders would be left empty. */
export class EmptyFolderPlan {
  readonly #run: CollectRun;
  /** For each folder on the way down: whether something stays in it. */
  readonly #stays: boolean[] = [];

  constructor(run: CollectRun) {
    this.#run = run;
  }

  enter(): void {
    this.#stays.push(false);
  }

  /** Something in the folder stays where it is. */
  keep(): void {
    this.#stays[this.#stays.length - 1] = true;
  }

  leave(path: string): void {
    const { settings, counts, emit } = this.#run;
    if (this.#stays.pop()) this.keep();
    else if (settings.removeEmpty && path !== settings.source) {
      counts.foldersRemoved++;
      emit({ kind: 'remove-folder', path });
    }
  }
}

function isEmpty(path: string): boolean {
  const folder = opendirSync(path);
  try {
    return folder.readSync() === null;
  } finally {
    folder.closeSync();
  }
}
