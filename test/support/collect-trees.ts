import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DISK_OPERATIONS, type FileOperations } from '../../src/utils/extract/file-operations.ts';
import { sha256 } from '../../src/utils/hash.ts';

/** Writes files, by their path in the folder; a path that ends in a slash is a folder. */
export function writeTree(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(path.endsWith('/') ? join(folder, path) : dirname(join(folder, path)), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(join(folder, path), content);
  }
}

/** Everything below a folder: files with content and time, folders, links. */
export function readTree(folder: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const full = join(folder, path);
    const stats = lstatSync(full);
    if (stats.isFile()) tree[path] = `${readFileSync(full, 'latin1')} @${Math.round(stats.mtimeMs)}`;
    else tree[path] = stats.isSymbolicLink() ? `-> ${readlinkSync(full)}` : 'folder';
  }
  return tree;
}

/** Hashes of the contents of all regular files below the folders, what collections write for themselves left out. */
export function listContents(...folders: string[]): Set<string> {
  const contents = new Set<string>();
  for (const folder of folders)
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /^(\.slideloom-|collect-journal)/.test(entry.name)) continue;
      contents.add(sha256(readFileSync(join(entry.parentPath, entry.name))));
    }
  return contents;
}

/** A rename between two files that don't have the same folder crosses a file system; copies don't wait for the disk. */
export function crossDevices(base: FileOperations = DISK_OPERATIONS): FileOperations {
  return {
    ...base,
    async copy(from, to) {
      const { atime, mtime } = statSync(from);
      copyFileSync(from, to);
      utimesSync(to, atime, mtime);
      return sha256(readFileSync(from));
    },
    rename(from, to) {
      if (dirname(from) === dirname(to)) return base.rename(from, to);
      throw Object.assign(new Error('EXDEV: cross-device link'), { code: 'EXDEV', syscall: 'rename' });
    },
  };
}

/** The `last`-th operation and all after it don't happen: what is left on the disk is what a kill leaves. */
export function killAfter(last: number, base: FileOperations): FileOperations & { readonly count: number } {
  let count = 0;
  const check = () => {
    if (++count > last) throw new Error('killed');
  };
  const guard =
    <A extends unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      check();
      return work(...args);
    };
  return {
    reserve: guard(base.reserve),
    rename: guard(base.rename),
    unlink: guard(base.unlink),
    mkdir: guard(base.mkdir),
    rmdir: guard(base.rmdir),
    append: guard(base.append),
    async copy(from, to, signal) {
      try {
        check();
      } catch (error) {
        // Killed within it: half a file is left.
        writeFileSync(to, readFileSync(from).subarray(0, 1));
        throw error;
      }
      return base.copy(from, to, signal);
    },
    get count() {
      return count;
    },
  };
}
