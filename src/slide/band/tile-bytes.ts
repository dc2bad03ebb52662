import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../../io/source/byte-source.ts';
import { type RemoteAddress, withWorkerCache } from '../../io/source/remote-address.ts';
import { ShortReadError, SourceError } from '../../utils/errors.ts';
import type { TileLayout } from '../tile-layout.ts';

/** The file that the tiles of a layout lie in, opened once more: by this thread, for itself. */
export interface TileBytes extends Disposable {
  /** Of the file. */
  readonly size: number;
  /** Good until the next read. A promise where the file is remote. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** Says what will soon be read; absent where that helps nothing. */
  prefetch?(ranges: readonly { offset: number; length: number }[]): void;
}

/** Bytes up to which the buffer of a file is made larger than it must be. */
const ROOM = 2 ** 20;

/** @throws SourceError where the file can't be opened */
export function openTileBytes({ path, remote }: TileLayout): TileBytes {
  return remote ? openRemoteBytes(remote) : openFileBytes(path);
}

function openFileBytes(path: string): TileBytes {
  const file = openFile(path);
  const { size } = fstatSync(file);
  let input = new Uint8Array(65_536);
  return {
    size,
    read(offset, length) {
      // Room to grow, but for large tiles: a worker's memory counts the largest one once.
      if (length > input.length) input = new Uint8Array(Math.max(length, Math.min(2 * length, ROOM)));
      if (readSync(file, input, 0, length, offset) < length) throw new ShortReadError(path, { offset, length, size });
      return input.subarray(0, length);
    },
    [Symbol.dispose]() {
      closeSync(file);
    },
  };
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new SourceError(path, 'the file can not be opened', { cause });
  }
}

function openRemoteBytes(remote: RemoteAddress): TileBytes {
  let opened: Promise<ByteSource> | undefined;
  // Loaded where it is needed only: most slides are files.
  const open = () =>
    (opened ??= import('../../io/source/http-source.ts').then(({ reopenHttpSource }) =>
      reopenHttpSource(withWorkerCache(remote)),
    ));
  return {
    size: remote.version.size,
    read: async (offset, length) => (await open()).read(offset, length),
    prefetch(ranges) {
      // What can't be fetched fails when it is read.
      open().then(
        (source) => source.prefetch?.(ranges),
        () => {},
      );
    },
    [Symbol.dispose]() {
      opened?.then((source) => source.close()).catch(() => {});
    },
  };
}
