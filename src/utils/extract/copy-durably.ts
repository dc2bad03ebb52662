import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** One block for the whole copy. */
const BLOCK = 1 << 20;

/**
 * Copies into a new file, with the mode, the modification time and, where that is permitted, the owner; on return the disk
 * has it. Extended attributes stay behind.
 * @returns SHA-256 of what was read
 * @throws what the file system throws; the file is then left as far as it came
 */
export async function copyDurably(from: string, to: string, signal: AbortSignal | undefined): Promise<string> {
  const source = await open(from, 'r');
  try {
    const { mode, atime, mtime, uid, gid } = await source.stat();
    const target = await open(to, 'wx', 0o600);
    try {
      const sha256 = await pump(source, target, signal);
      await target.chown(uid, gid).catch(() => {});
      await target.chmod(mode & 0o7777).catch(() => {});
      await target.utimes(atime, mtime);
      await target.sync();
      return sha256;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function pump(source: FileHandle, target: FileHandle, signal: AbortSignal | undefined): Promise<string> {
  const block = Buffer.allocUnsafe(BLOCK);
  const hash = createHash('sha256');
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await source.read(block, 0, BLOCK);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(block.subarray(0, bytesRead));
    for (let done = 0; done < bytesRead; ) done += (await target.write(block, done, bytesRead - done)).bytesWritten;
  }
}
