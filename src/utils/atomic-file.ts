/**
 * Files that are either whole or absent. Bytes go to a temporary name on the same file system, which is then renamed; a
 * reader, or a run that was killed, never meets half a file. A target that already holds the same bytes is left alone,
 * modification time included, so that a repeated run writes nothing twice.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, opendir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from './hash.ts';
import { getErrorCode, toOutputError } from './output-error.ts';

export interface AtomicWriteOptions {
  /**
   * Folder of the temporary file, on the same file system; made when missing. Default: beside the target, under a name
   * that `sweepTemporary` knows. Runs with many files use `getTemporaryFolder(out)`, so that a listing of the output
   * folder never shows a temporary name.
   */
  tempDir?: string;
  /** Wait until the disk has the bytes: for records, not for thousands of patches. Default false. */
  fsync?: boolean;
}

export interface WrittenFile {
  readonly path: string;
  /** Size of the content. */
  readonly bytes: number;
  readonly sha256: string;
  /** False when the target already held these bytes. */
  readonly written: boolean;
}

const TEMPORARY = '.slideloom-tmp';

/** Folder of an output folder's temporary files. */
export function getTemporaryFolder(folder: string): string {
  return join(folder, TEMPORARY);
}

/** A name in `folder` that no file has and that `sweepTemporary` removes. */
export function createTemporaryPath(folder: string): string {
  return join(folder, `${TEMPORARY}-${process.pid}-${randomBytes(6).toString('hex')}`);
}

/** Writes `bytes` to `path`; folders on the way are made. @throws OutputError; the temporary file is then removed. */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array | string,
  options: AtomicWriteOptions = {},
): Promise<WrittenFile> {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  const file = { path, bytes: content.length, sha256: sha256(content) };
  try {
    if (await holdsContent(path, content)) return { ...file, written: false };
    await replaceFile(path, content, options);
  } catch (cause) {
    throw toOutputError(path, cause);
  }
  return { ...file, written: true };
}

/**
 * Removes the temporary files that dead runs left in `folder` and below it, and returns how many there were. Every
 * temporary file is taken for dead: call it only while holding the folder's lease, before any writer starts or after all
 * have ended.
 * @throws OutputError
 */
export async function sweepTemporary(folder: string): Promise<number> {
  let removed = 0;
  try {
    // Entry by entry: a folder of a million patches must not become a list.
    for await (const entry of await opendir(folder, { bufferSize: 512 })) {
      if (!entry.isDirectory() && !entry.name.startsWith(TEMPORARY)) continue;
      const path = join(folder, entry.name);
      if (entry.name === TEMPORARY && entry.isDirectory()) {
        removed += (await readdir(path)).length;
        await rm(path, { recursive: true, force: true });
      } else if (entry.name.startsWith(`${TEMPORARY}-`) && entry.isFile()) {
        await rm(path, { force: true });
        removed++;
      } else if (entry.isDirectory() && !hasLease(path)) removed += await sweepTemporary(path);
    }
  } catch (cause) {
    if (getErrorCode(cause) !== 'ENOENT') throw toOutputError(folder, cause);
  }
  return removed;
}

/** A folder with a lease of its own belongs to another run, which sweeps it itself. */
function hasLease(folder: string): boolean {
  return existsSync(join(folder, '.slideloom-lease'));
}

async function holdsContent(path: string, content: Uint8Array): Promise<boolean> {
  try {
    const status = await stat(path);
    return status.isFile() && status.size === content.length && Buffer.compare(await readFile(path), content) === 0;
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function replaceFile(path: string, content: Uint8Array, options: AtomicWriteOptions): Promise<void> {
  const temporary = createTemporaryPath(options.tempDir ?? dirname(path));
  try {
    await withFolder(dirname(temporary), () => writeNew(temporary, content, options.fsync === true));
    await withFolder(dirname(path), () => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    if (getErrorCode(error) !== 'EXDEV' || options.tempDir === undefined) throw error;
    // The target's folder is a mount or a link to another file system, where a rename can't reach.
    const { tempDir: _elsewhere, ...beside } = options;
    return replaceFile(path, content, beside);
  }
  if (options.fsync) await syncFolder(dirname(path));
}

/** Runs `action`; when its folder is missing, makes it and runs `action` once more. */
async function withFolder(folder: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (getErrorCode(error) !== 'ENOENT') throw error;
    await mkdir(folder, { recursive: true });
    await action();
  }
}

async function writeNew(path: string, content: Uint8Array, fsync: boolean): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    if (fsync) await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is durable once its folder is. Some systems (Windows) can't open folders: there the rename has to do. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Durability is best effort; the content itself is synced.
  }
}
