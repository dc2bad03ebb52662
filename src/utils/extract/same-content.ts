import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import { hashFile } from '../hash.ts';

/** Read first of both: files that differ mostly do so here. */
const HEAD = 65_536;

/** Two regular files of the same size and bytes; those of more than 64 KiB are held against each other by SHA-256. @throws SourceError, or the signal's reason */
export async function isSameContent(one: string, other: string, signal: AbortSignal | undefined): Promise<boolean> {
  const [a, b] = [one, other].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  if (!a?.isFile() || !b?.isFile() || a.size !== b.size) return false;
  if (a.size === 0 || (a.ino === b.ino && a.dev === b.dev)) return true;
  if (!readHead(one, a.size).equals(readHead(other, a.size))) return false;
  if (a.size <= HEAD) return true;
  const options = signal ? { signal } : {};
  return (await hashFile(one, options)) === (await hashFile(other, options));
}

function readHead(path: string, size: number): Buffer {
  const head = Buffer.alloc(Math.min(HEAD, size));
  const file = openSync(path, 'r');
  try {
    let done = 0;
    for (let read = 1; read > 0 && done < head.length; done += read)
      read = readSync(file, head, done, head.length - done, done);
    return head.subarray(0, done);
  } finally {
    closeSync(file);
  }
}
