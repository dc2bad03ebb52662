import { AbortedError } from '../utils/errors.ts';

/** Things that are opened when first needed and stay open, up to a number: then the one that was not used for longest goes. */
export interface Shelf<A, T> extends AsyncDisposable {
  /**
   * Lends what is open for `key` while `use` runs. It is not closed meanwhile: more may be open for as long as more are in use.
   * @throws what opening and `use` throw
   */
  use<R>(key: string, address: A, use: (thing: T) => Promise<R> | R): Promise<R>;
  /** What is open or being opened. */
  readonly size: number;
  /** Closes all, also what is in use: reads under way reject. */
  close(): Promise<void>;
}

interface Place<T> {
  readonly opening: Promise<T>;
  users: number;
}

/** @param open what it throws is not kept: what can't be opened now may be there the next time */
export function createShelf<A, T extends AsyncDisposable>(
  maxOpen: number,
  open: (address: A) => Promise<T>,
): Shelf<A, T> {
  const places = new Map<string, Place<T>>();
  const closing = new Set<Promise<void>>();
  let closed = false;

  function take(key: string, address: A): Place<T> {
    const found = places.get(key);
    if (found) {
      places.delete(key);
      places.set(key, found);
      return found;
    }
    const place: Place<T> = { opening: open(address), users: 0 };
    places.set(key, place);
    place.opening.catch(() => {
      if (places.get(key) === place) places.delete(key);
    });
    return place;
  }

  /** What closing fails of is the system's trouble; what could not be opened is not there. */
  function remove(key: string, { opening }: Place<T>): void {
    places.delete(key);
    const done = opening.then((thing) => thing[Symbol.asyncDispose]()).catch(() => {});
    closing.add(done);
    done.then(() => closing.delete(done));
  }

  function trim(): void {
    for (const [key, place] of places) {
      if (places.size <= maxOpen) return;
      if (place.users === 0) remove(key, place);
    }
  }

  async function close(): Promise<void> {
    closed = true;
    for (const [key, place] of places) remove(key, place);
    await Promise.all(closing);
  }

  return {
    async use(key, address, use) {
      if (closed) throw new AbortedError('the server is closed');
      const place = take(key, address);
      place.users++;
      try {
        trim();
        return await use(await place.opening);
      } finally {
        place.users--;
        trim();
      }
    },
    get size() {
      return places.size;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
