import { open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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

/**
 * Takes `<path>.partial/`. What a killed run left there is written over and goes with it.
 * @param source the file that is read, which is never written over.
 * @throws OutputError where `path` is there and `overwrite` is not given; OutputInUseError where another process writes it
 */
export async function openOutputPlace(
  path: string,
  { overwrite, source }: { overwrite: boolean; source: string },
): Promise<OutputPlace> {
  const target = resolve(path);
  await checkTarget(target, { overwrite, source });
  const lease = await acquireLease(`${target}.partial`);
  const temporary = join(lease.folder, 'slide');
  return {
    temporary,
    signal: lease.signal,
    async accept() {
      await checkTarget(target, { overwrite, source });
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

async function checkTarget(
  target: string,
  { overwrite, source }: { overwrite: boolean; source: string },
): Promise<void> {
  const found = await identify(target);
  if (!found) return;
  if (found.isDirectory) throw new OutputError(target, 'is a folder', { hint: 'give the path of a file' });
  if ((await identify(source))?.key === found.key)
    throw new OutputError(target, 'is the slide that is converted', { hint: 'give another path' });
  if (!overwrite) throw new OutputError(target, 'is there already', { hint: 'give another path, or --overwrite' });
}

/** Undefined where there is no such file. */
async function identify(path: string): Promise<{ key: string; isDirectory: boolean } | undefined> {
  try {
    const stats = await stat(path);
    return { key: `${stats.dev}:${stats.ino}`, isDirectory: stats.isDirectory() };
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
