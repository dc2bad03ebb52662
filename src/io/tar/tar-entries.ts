import { createTarHeader, getTarPadding } from './tar-header.ts';

/** Whole entries of a tar file, one behind the other: what `TarWriter.addEntries` takes. */
export interface TarEntries {
  /** Bytes so far. */
  readonly length: number;
  /** Adds a file. @throws OptionError for a name that is not a relative path */
  add(name: string, content: Uint8Array): void;
  /** Room to use for what is added from now on, if it is larger than what there is and nothing was added yet. */
  supply(room: ArrayBuffer): void;
  /** The entries since the last call; they begin their buffer, which is the caller's then. */
  take(): Uint8Array;
}

/** Bytes of the first room; it grows by doubling. */
const ROOM = 2 ** 20;

export function createTarEntries(): TarEntries {
  let room = new Uint8Array(0);
  let length = 0;
  const grow = (needed: number) => {
    const larger = new Uint8Array(Math.max(ROOM, 2 * room.length, needed));
    larger.set(room.subarray(0, length));
    room = larger;
  };
  return {
    get length() {
      return length;
    },
    add(name, content) {
      const header = createTarHeader({ name, size: content.length });
      const padding = getTarPadding(content.length);
      const end = length + header.length + content.length + padding;
      if (end > room.length) grow(end);
      room.set(header, length);
      room.set(content, length + header.length);
      // What was there before is somebody else's.
      room.fill(0, end - padding, end);
      length = end;
    },
    supply(spare) {
      if (length === 0 && spare.byteLength > room.length) room = new Uint8Array(spare);
    },
    take() {
      const entries = room.subarray(0, length);
      room = new Uint8Array(0);
      length = 0;
      return entries;
    },
  };
}
