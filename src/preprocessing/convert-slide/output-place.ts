import { open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { OutputError } from '../../utils/errors.ts';
import { acquireLease } from '../../utils/lease.ts';
import { getErrorCode, toOutputError } from '../../utils/output-error.ts';

/** Where a file is made before it takes its name: a folder beside it, which one process at a time has. */
export interface OutputPlace extends AsyncDisposable {
  /** The file to write. */
  readonly temporary: string;
  /** Fires where another process took the folder over. */
  readonly signal: AbortSignal;
  /** Gives the written file its name. @throws OutputError */
  accept(): Promise<void>;
}

export interface OutputRules {
  /** Replace a file that is there. */
  readonly overwrite: boolean;
  /** The file or folder that is read, which is never written over. */
  readonly source: string;
  /** The files of a slide that lies in several. */
  readonly files?: readonly string[] | undefined;
}

/**
 * Takes `<path>.partial/`. What a killed run left there is written over and goes with it.
 * @throws OutputError where `path` is there and `overwrite` is not given; OutputInUseError where another process writes it
 */
export async function openOutputPlace(path: string, rules: OutputRules): Promise<OutputPlace> {
  const target = resolve(path);
  await checkTarget(target, rules);
  const lease = await acquireLease(`${target}.partial`);
  const temporary = join(lease.folder, 'slide');
  return {
    temporary,
    signal: lease.signal,
    async accept() {
      await checkTarget(target, rules);
      try {
        await rename(temporary, target);
        await syncFolder(dirname(target));
      } catch (cause) {
        throw toOutputError(target, cause);
      }
    },
    async [Symbol.asyncDispose]() {
      await rm(temporary, { force: true });
      await rm(`${temporary}.partial`, { force: true });
      await lease.release();
      // Another process may have come in between: then the folder is its own.
      await rmdir(lease.folder).catch(() => {});
    },
  };
}

async function checkTarget(target: string, { overwrite, source, files = [] }: OutputRules): Promise<void> {
  const found = await identify(target);
  if (!found) return;
  if (found.kind === 'folder') throw new OutputError(target, 'is a folder', { hint: 'give the path of a file' });
  if (found.kind === 'other') throw new OutputError(target, 'is no regular file', { hint: 'give the path of a file' });
  for (const file of [source, ...files]) {
    const read = await identify(file);
    if (read?.key === found.key || (read?.kind === 'folder' && target.startsWith(`${resolve(file)}${sep}`)))
      throw new OutputError(target, 'is the slide that is read', { hint: 'give another path' });
  }
  if (!overwrite) throw new OutputError(target, 'is there already', { hint: 'give another path, or --overwrite' });
}

/** Undefined where there is no such file. */
async function identify(path: string): Promise<{ key: string; kind: 'folder' | 'file' | 'other' } | undefined> {
  try {
    const stats = await stat(path);
    const kind = stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other';
    return { key: `${stats.dev}:${stats.ino}`, kind };
  } catch (cause) {
    if (getErrorCode(cause) === 'ENOENT') return undefined;
    // The source may be an address.
    return undefined;
  }
}

/** A rename is durable once its folder is. Some systems (Windows) can't open folders: there the rename has to do. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Durability is best effort; the content itself is synced.
  }
}
