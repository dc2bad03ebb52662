import { lstatSync } from 'node:fs';
import { hashFile } from '../hash.ts';

/** Two regular files of the same size and SHA-256. @throws SourceError, or the signal's reason */
export async function isSameContent(one: string, other: string, signal: AbortSignal | undefined): Promise<boolean> {
  const [a, b] = [one, other].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  if (!a?.isFile() || !b?.isFile() || a.size !== b.size) return false;
  if (a.size === 0 || (a.ino === b.ino && a.dev === b.dev)) return true;
  const options = signal ? { signal } : {};
  return (await hashFile(one, options)) === (await hashFile(other, options));
}
