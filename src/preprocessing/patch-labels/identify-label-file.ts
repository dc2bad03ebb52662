import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openFileSource } from '../../io/source/file-source.ts';
import { hashFile, quickHash, sha256 } from '../../utils/hash.ts';

/** Larger files are told apart by samples, size and time. */
const MOST_HASHED = 2 ** 30;

/** What a run's record says of a mask or annotation, as JSON: another content is another value. @throws SourceError */
export async function identifyLabelFile(path: string): Promise<Record<string, unknown>> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return { name: basename(path), sha256: await hashFolder(path) };
  await using source = await openFileSource(path);
  const { size } = source;
  if (size <= MOST_HASHED) return { name: basename(path), size, sha256: await hashFile(path) };
  return { name: basename(path), size, mtimeMs: source.identity.mtimeMs ?? null, quickHash: await quickHash(source) };
}

/** Over names, sizes and times of all files: a Zarr may have millions. */
async function hashFolder(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines: string[] = [];
  for (const file of files) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const { size, mtimeMs } = await stat(path);
    lines.push(`${path.slice(folder.length)} ${size} ${mtimeMs}`);
  }
  return sha256(lines.sort().join('\n'));
}
