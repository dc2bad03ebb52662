import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVolatile } from './strip-volatile.ts';

/** Every file below a folder, by its path in it. */
export function listFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}

/**
 * Hash of each file's content without what is declared volatile: the member `volatile` of records, and what
 * report.html marks with `data-volatile`.
 */
export function hashStableContent(folder: string): Record<string, string> {
  const hashes = listFiles(folder).map((file) => {
    const hash = createHash('sha256')
      .update(readStable(join(folder, file)))
      .digest('hex');
    return [file, hash] as const;
  });
  return Object.fromEntries(hashes);
}

function readStable(path: string): Uint8Array | string {
  if (path.endsWith('record.json')) {
    const record = JSON.parse(readFileSync(path, 'utf8'));
    delete record.volatile;
    return JSON.stringify(record);
  }
  if (path.endsWith('report.html')) return stripVolatile(readFileSync(path, 'utf8'));
  return readFileSync(path);
}

/** Inode and modification time of each file: they change when a file is written again. */
export function snapshotWrites(folder: string): Map<string, string> {
  return new Map(
    listFiles(folder).map((file) => {
      const { ino, mtimeMs } = statSync(join(folder, file));
      return [file, `${ino}:${mtimeMs}`];
    }),
  );
}
