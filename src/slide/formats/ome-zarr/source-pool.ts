import type { ByteSource } from '../../../io/source/byte-source.ts';

/** Opens sources for those who use them, and keeps the last few open. */
export interface SourcePool {
  /** What `use` makes of the source of a key; undefined where there is none. @throws what `open` throws, and `use` */
  use<T>(key: string, use: (source: ByteSource) => Promise<T>): Promise<T | undefined>;
  /** Closes what is kept; what is used now is closed by its last user. */
  close(): Promise<void>;
}

interface Kept {
  readonly opening: Promise<ByteSource | undefined>;
  users: number;
}

/**
 * @param open undefined for a key without a source
 * @param most sources that are kept while nobody uses them
 */
export function createSourcePool(open: (key: string) => Promise<ByteSource | undefined>, most: number): SourcePool {
  const kept = new Map<string, Kept>();
  let room = most;
  const closeSpare = async (): Promise<void> => {
    const closing: Promise<unknown>[] = [];
    for (const [key, entry] of kept) {
      if (kept.size <= room) break;
      if (entry.users > 0) continue;
      kept.delete(key);
      closing.push(
        entry.opening.then(
          (source) => source?.close(),
          () => {},
        ),
      );
    }
    await Promise.all(closing);
  };
  return {
    async use(key, use) {
      const entry = kept.get(key) ?? { opening: open(key), users: 0 };
      // The last one used stands last.
      kept.delete(key);
      kept.set(key, entry);
      entry.users++;
      try {
        const source = await entry.opening.catch((error: unknown) => {
          // What could not be opened is tried again.
          if (kept.get(key) === entry) kept.delete(key);
          throw error;
        });
        return source && (await use(source));
      } finally {
        entry.users--;
        await closeSpare();
      }
    },
    close() {
      room = 0;
      return closeSpare();
    },
  };
}
