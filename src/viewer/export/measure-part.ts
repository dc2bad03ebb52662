import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files, and their bytes together. */
export interface Measure {
  readonly files: number;
  readonly bytes: number;
}

/** Files looked up side by side. */
const LOOKUPS = 64;

/** A file, or all files of a folder at any depth; nothing where neither is there. */
export async function measurePlace(path: string): Promise<Measure> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isDirectory()) return measureFiles([path]);
  let [files, bytes] = [0, 0];
  let some: string[] = [];
  const add = async () => {
    const found = await measureFiles(some);
    files += found.files;
    bytes += found.bytes;
    some = [];
  };
  for await (const entry of await opendir(path, { recursive: true, bufferSize: 512 })) {
    if (entry.isDirectory()) continue;
    some.push(join(entry.parentPath, entry.name));
    if (some.length === LOOKUPS) await add();
  }
  await add();
  return { files, bytes };
}

/** Those of these files that are there. */
export async function measureFiles(paths: readonly string[]): Promise<Measure> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  let [files, bytes] = [0, 0];
  for (const status of found) {
    if (!status?.isFile()) continue;
    files++;
    bytes += status.size;
  }
  return { files, bytes };
}
