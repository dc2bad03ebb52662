import { createFairQueue } from '../fair-queue.ts';

/** Files that are read at once, others wait: what one takes meanwhile is a multiple of what it comes to. */
const READERS = 2;

/** What was read of files, oldest use out first. Who asks for one that is being read waits for it: it is read once. */
export interface KeptTables {
  /** @throws what `read` throws, which is not kept */
  get<T>(key: string, read: () => Promise<T>, measure: (value: T) => number): Promise<T>;
}

interface Kept {
  readonly value: Promise<unknown>;
  /** 0 until it is read. */
  bytes: number;
}

/** @param maxBytes of all that are read; the one that was asked for last stays, however large */
export function createKeptTables(maxBytes: number): KeptTables {
  const kept = new Map<string, Kept>();
  const queue = createFairQueue({ concurrency: READERS, maxWaiting: Number.POSITIVE_INFINITY });
  // Others may wait for the same: it is read to its end.
  const { signal } = new AbortController();

  function trim(last: string): void {
    let bytes = [...kept.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [key, one] of kept) {
      if (bytes <= maxBytes) return;
      if (key === last || one.bytes === 0) continue;
      kept.delete(key);
      bytes -= one.bytes;
    }
  }

  return {
    get<T>(key: string, read: () => Promise<T>, measure: (value: T) => number): Promise<T> {
      const found = kept.get(key);
      kept.delete(key);
      const value = (found?.value as Promise<T> | undefined) ?? queue.run('', read, signal);
      const one = found ?? { value, bytes: 0 };
      kept.set(key, one);
      if (found) return value;
      value.then(
        (whole) => {
          one.bytes = Math.max(1, measure(whole));
          trim(key);
        },
        () => {
          if (kept.get(key) === one) kept.delete(key);
        },
      );
      return value;
    },
  };
}
