import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createTemporaryPath, syncFolder, type WrittenFile } from './atomic-file.ts';
import { toOutputError } from './output-error.ts';

/** Bytes of one write: the system call takes less than 2^31. */
const MAX_WRITE = 2 ** 26;

/**
 * Writes a file of many or large pieces, one after another and without a copy that holds them all. The file is whole or
 * absent; folders on the way are made.
 * @throws OutputError; the temporary file is then removed
 */
export async function writePiecesAtomic(
  path: string,
  pieces: Iterable<Uint8Array>,
  options: { fsync?: boolean } = {},
): Promise<WrittenFile> {
  const temporary = createTemporaryPath(dirname(path));
  try {
    await mkdir(dirname(path), { recursive: true });
    const written = await writeNew(temporary, pieces, options.fsync === true);
    await rename(temporary, path);
    if (options.fsync) await syncFolder(dirname(path));
    return { path, ...written, written: true };
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw toOutputError(path, cause);
  }
}

async function writeNew(path: string, pieces: Iterable<Uint8Array>, fsync: boolean) {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for (const piece of pieces)
      for (let from = 0; from < piece.length; from += MAX_WRITE) {
        const part = piece.subarray(from, from + MAX_WRITE);
        hash.update(part);
        await writeAll(file, part);
        bytes += part.length;
      }
    if (fsync) await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) from += (await file.write(bytes, from)).bytesWritten;
}
