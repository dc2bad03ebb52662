import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { getTemporaryFolder, type WrittenFile } from './atomic-file.ts';
import { sha256 } from './hash.ts';
import { getErrorCode, toOutputError } from './output-error.ts';

/** Writes a whole file, or leaves nothing. @throws OutputError; the temporary file is then removed */
export type SyncFileWriter = (path: string, content: Uint8Array) => WrittenFile;

/**
 * `writeFileAtomic` for worker threads that write thousands of small files: a handful of system calls without a promise,
 * which would cost more than they do. The temporary file lies in `out`'s temporary folder, one name a thread. A target's
 * folder must exist, or is made at the first write that misses it.
 * @param options.fresh no target was there when the caller began: none is looked for, which is a fifth of the system calls
 */
export function createSyncFileWriter(out: string, { fresh = false }: { fresh?: boolean } = {}): SyncFileWriter {
  const temporary = join(getTemporaryFolder(out), `${process.pid}-${threadId}`);
  return (path, content) => {
    try {
      const written = fresh || !holdsContent(path, content);
      if (written) replaceFile(path, content, temporary);
      return { path, bytes: content.length, sha256: sha256(content), written };
    } catch (cause) {
      throw toOutputError(path, cause);
    }
  };
}

function replaceFile(path: string, content: Uint8Array, temporary: string): void {
  try {
    withFolder(temporary, () => writeWhole(temporary, content));
    withFolder(path, () => renameSync(temporary, path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A target that already is what it should be is left alone, modification time included. */
function holdsContent(path: string, content: Uint8Array): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  return size === content.length && readFileSync(path).equals(content);
}

function writeWhole(path: string, content: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    for (let done = 0; done < content.length; ) done += writeSync(file, content, done, content.length - done);
  } finally {
    closeSync(file);
  }
}

/** Makes the folder of `path` where the action finds it missing, and tries once more. */
function withFolder(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (getErrorCode(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    action();
  }
}
