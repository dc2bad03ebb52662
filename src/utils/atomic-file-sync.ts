import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { getTemporaryFolder, type WrittenFile } from './atomic-file.ts';
import { sha256 } from './hash.ts';
import { getErrorCode, toOutputError } from './output-error.ts';

/**
 * `writeFileAtomic` for worker threads that write thousands of small files: a handful of system calls without a promise,
 * which would cost more than they do. The temporary file lies in `out`'s temporary folder, one name a thread. The target's
 * folder must exist, or is made at the first write that misses it.
 * @throws OutputError; the temporary file is then removed
 */
export function writeFileAtomicSync(path: string, content: Uint8Array, { out }: { out: string }): WrittenFile {
  const file: WrittenFile = { path, bytes: content.length, sha256: sha256(content), written: true };
  try {
    if (holdsContent(path, content)) return { ...file, written: false };
    const temporary = join(getTemporaryFolder(out), `${process.pid}-${threadId}`);
    try {
      withFolder(temporary, () => writeWhole(temporary, content));
      withFolder(path, () => renameSync(temporary, path));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  } catch (cause) {
    throw toOutputError(path, cause);
  }
  return file;
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
