import { SourceError } from '../../utils/errors.ts';
import type { ByteSource, SourceIdentity } from '../source/byte-source.ts';
import { openFileSource } from '../source/file-source.ts';

/** The files of one slide, of which only some are open at a time. */
export interface FilePool {
  /**
   * A source of the file as it is now. Nothing is opened before its first read, and closing it does nothing: the pool
   * closes all.
   */
  add(path: string, identity: SourceIdentity): ByteSource;
  close(): Promise<void>;
}

/** A pyramid has about ten files, a scan that is stored in parts may have hundreds. */
const MOST_OPEN = 16;

interface OpenFile {
  readonly opening: Promise<ByteSource>;
  /** Reads under way. */
  users: number;
}

/** At most `limit` files are open, and one more for each read under way; the least recently used is closed first. */
export function createFilePool(limit: number = MOST_OPEN): FilePool {
  const files = new Map<string, OpenFile>();
  const closing = new Set<Promise<void>>();
  let closed: Promise<void> | undefined;

  function take(path: string, identity: SourceIdentity): OpenFile {
    const file = files.get(path) ?? { opening: openSame(path, identity), users: 0 };
    file.users++;
    // Moved to the end: the order of the map is that of use.
    files.delete(path);
    files.set(path, file);
    return file;
  }

  function give(path: string, file: OpenFile, failed: boolean): void {
    file.users--;
    if (failed && file.users === 0) drop(path, file);
    for (const [other, one] of files) {
      if (files.size <= limit) break;
      if (one.users === 0) drop(other, one);
    }
  }

  function drop(path: string, file: OpenFile): void {
    if (files.get(path) === file) files.delete(path);
    const done = closeFile(file).finally(() => closing.delete(done));
    closing.add(done);
  }

  return {
    add(path, identity) {
      const read: ByteSource['read'] = async (offset, length, options) => {
        if (closed) throw new SourceError(path, 'the source is closed');
        const file = take(path, identity);
        let failed = true;
        try {
          const source = await file.opening;
          failed = false;
          return await source.read(offset, length, options);
        } finally {
          give(path, file, failed);
        }
      };
      const close = async () => {};
      return { name: path, path, size: identity.size, identity, read, close, [Symbol.asyncDispose]: close };
    },
    close() {
      closed ??= closeAll();
      return closed;
    },
  };

  async function closeAll(): Promise<void> {
    for (const [path, file] of files) drop(path, file);
    await Promise.all(closing);
  }
}

/** A file that failed to open has nothing to close; one that can't be closed is the system's trouble. */
async function closeFile({ opening }: OpenFile): Promise<void> {
  await opening.then((source) => source.close()).catch(() => {});
}

/** @throws SourceError where the file is no longer the one that the slide was opened with */
async function openSame(path: string, known: SourceIdentity): Promise<ByteSource> {
  const source = await openFileSource(path);
  const { size, mtimeMs } = source.identity;
  if (size === known.size && mtimeMs === known.mtimeMs) return source;
  await source.close();
  throw new SourceError(path, 'the file changed after the slide was opened', {
    hint: 'open the slide again',
  });
}
