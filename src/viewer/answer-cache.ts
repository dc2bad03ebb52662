import { toAbortError } from '../utils/abort.ts';

/** Encoded pictures, oldest use out first. Who asks for one that is being made waits for it: it is made once. */
export interface AnswerCache {
  /** What is kept, at once. */
  find(key: string): Uint8Array | undefined;
  /**
   * @param make is given a signal that fires when all who wait have gone
   * @throws AbortedError where `signal` fires; what `make` throws, which is not kept
   */
  get(key: string, make: (signal: AbortSignal) => Promise<Uint8Array>, signal: AbortSignal): Promise<Uint8Array>;
  /** Of the pictures that are kept. */
  readonly bytes: number;
  /** Forgets all, and stops what is being made. */
  clear(): void;
}

interface Making {
  readonly result: Promise<Uint8Array>;
  readonly stop: AbortController;
  waiters: number;
}

/** What the map itself takes for an entry, about: tiles of glass are so small that their count matters. */
const ENTRY_BYTES = 512;

export function createAnswerCache(maxBytes: number): AnswerCache {
  const kept = new Map<string, Uint8Array>();
  const making = new Map<string, Making>();
  let bytes = 0;

  function keep(key: string, picture: Uint8Array): void {
    const size = picture.byteLength + ENTRY_BYTES;
    if (size > maxBytes) return;
    kept.set(key, picture);
    bytes += size;
    for (const [oldest, old] of kept) {
      if (bytes <= maxBytes) break;
      kept.delete(oldest);
      bytes -= old.byteLength + ENTRY_BYTES;
    }
  }

  function start(key: string, make: (signal: AbortSignal) => Promise<Uint8Array>): Making {
    const stop = new AbortController();
    const forget = () => {
      if (making.get(key) === started) making.delete(key);
    };
    const result = make(stop.signal).then((picture) => {
      // Not those of a slide that was closed meanwhile.
      if (!stop.signal.aborted) keep(key, picture);
      return picture;
    });
    const started: Making = { result, stop, waiters: 0 };
    making.set(key, started);
    result.then(forget, forget);
    return started;
  }

  function find(key: string): Uint8Array | undefined {
    const found = kept.get(key);
    if (!found) return undefined;
    kept.delete(key);
    kept.set(key, found);
    return found;
  }

  return {
    find,
    async get(key, make, signal) {
      if (signal.aborted) throw toAbortError(signal.reason);
      const found = find(key);
      if (found) return found;
      const running = making.get(key);
      const one = running && !running.stop.signal.aborted ? running : start(key, make);
      return waitFor(one, signal);
    },
    get bytes() {
      return bytes;
    },
    clear() {
      for (const { stop } of making.values()) stop.abort();
      kept.clear();
      bytes = 0;
    },
  };
}

/** The last who goes stops the work. */
function waitFor(one: Making, signal: AbortSignal): Promise<Uint8Array> {
  one.waiters++;
  return new Promise((resolve, reject) => {
    const settle = () => signal.removeEventListener('abort', onAbort);
    const onAbort = () => {
      if (--one.waiters === 0) one.stop.abort(signal.reason);
      reject(toAbortError(signal.reason));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    one.result.finally(settle).then(resolve, reject);
  });
}
