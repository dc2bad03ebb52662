import { type Dir, type Dirent, opendirSync } from 'node:fs';
import { join } from 'node:path';

export type WalkEntry =
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  /** Neither file nor folder: symbolic links, pipes, sockets, devices. */
  | { readonly kind: 'link' | 'special'; readonly path: string }
  /** A folder that is not to be entered. */
  | { readonly kind: 'left-out'; readonly path: string }
  /** Before and after what is in a folder. */
  | { readonly kind: 'enter' | 'leave'; readonly path: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly cause: unknown };

/** Names held at once of a folder. Smaller folders are read to their end, and closed, before anything in them moves. */
const BATCH = 8192;

/** Everything below a folder, sorted inside each batch of 8192 names; links are never followed. */
export function* walkFolder(folder: string, isLeftOut: (path: string) => boolean): Generator<WalkEntry> {
  yield { kind: 'enter', path: folder };
  let directory: Dir | undefined;
  try {
    directory = opendirSync(folder, { bufferSize: 512 });
    while (directory !== undefined) {
      const batch = readBatch(directory);
      if (batch.length < BATCH) {
        directory.closeSync();
        directory = undefined;
      }
      for (const entry of batch) yield* describeEntry(entry, join(folder, entry.name), isLeftOut);
    }
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    yield { kind: 'unreadable', path: folder, cause };
  } finally {
    directory?.closeSync();
  }
  yield { kind: 'leave', path: folder };
}

function* describeEntry(entry: Dirent, path: string, isLeftOut: (path: string) => boolean): Generator<WalkEntry> {
  if (entry.isFile()) yield { kind: 'file', path, name: entry.name };
  else if (entry.isSymbolicLink()) yield { kind: 'link', path };
  else if (!entry.isDirectory()) yield { kind: 'special', path };
  else if (isLeftOut(path)) yield { kind: 'left-out', path };
  else yield* walkFolder(path, isLeftOut);
}

function readBatch(directory: Dir): Dirent[] {
  const batch: Dirent[] = [];
  while (batch.length < BATCH) {
    const entry = directory.readSync();
    if (entry === null) break;
    batch.push(entry);
  }
  return batch.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
