import { dirname, join } from 'node:path';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { openFileSource } from '../../../io/source/file-source.ts';
import { hideSecrets, type RemoteAddress } from '../../../io/source/remote-address.ts';
import { RemoteError, ShortReadError, SourceError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { createSourcePool, type SourcePool } from './source-pool.ts';
import { getFolderAddress, joinAddress } from './zarr-names.ts';

/** Bytes of an object that are fetched at once where it is remote: most chunks come with the first request. */
const REMOTE_BLOCK = 2 * 2 ** 20;
/** Remote shards that are kept open: what is known of them is not asked for again. They share the budget of one file. */
const OPEN_SHARDS = 4;

/** The objects of a Zarr folder, by their keys: paths below it with slashes, in which nothing leads out of it. */
export interface ZarrStore {
  /** The folder, for messages. */
  readonly name: string;
  /** Of a folder on a disk. */
  readonly path: string | undefined;
  /** A whole object; undefined where there is none. @throws SourceError, RemoteError, UnsupportedFormatError above `most` bytes */
  read(key: string, most: number): Promise<Uint8Array | undefined>;
  /** Part of an object, as `choose` picks it by the object's size. @throws ShortReadError beside those of `read` */
  readPart(key: string, choose: (size: number) => ByteRange): Promise<Uint8Array | undefined>;
  /** What `use` makes of an object while it is open. */
  with<T>(key: string, use: (source: ByteSource) => Promise<T>): Promise<T | undefined>;
  /** Waits for reads under way; later ones are refused. */
  close(): Promise<void>;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The folder of the metadata file that `source` reads, on a disk or behind an address. */
export function openZarrStore(source: ByteSource): ZarrStore {
  const { path, remote } = source;
  if (remote) return openRemoteStore(remote);
  if (path === undefined) throw new SourceError(source.name, 'metadata of Zarr without its folder');
  const folder = dirname(path);
  const files = createSourcePool((key) => openFileSource(join(folder, key)).catch(passAbsent), 0);
  return createZarrStore({ name: folder, path: folder, objects: files, shards: files });
}

function openRemoteStore({ url, settings }: RemoteAddress): ZarrStore {
  const folder = getFolderAddress(url);
  const openWith = (own: RemoteAddress['settings']) => async (key: string) => {
    const { openHttpSource } = await import('../../../io/source/http-source.ts');
    return openHttpSource(joinAddress(folder, key), own).catch(passAbsent);
  };
  const whole = { ...settings, blockBytes: Math.max(REMOTE_BLOCK, settings.blockBytes) };
  const part = { ...settings, cacheBytes: Math.floor(settings.cacheBytes / OPEN_SHARDS) };
  return createZarrStore({
    ...{ name: hideSecrets(folder), path: undefined },
    objects: createSourcePool(openWith(whole), 0),
    shards: createSourcePool(openWith(part), OPEN_SHARDS),
  });
}

interface StoreParts {
  readonly name: string;
  readonly path: string | undefined;
  readonly objects: SourcePool;
  readonly shards: SourcePool;
}

function createZarrStore({ name, path, objects, shards }: StoreParts): ZarrStore {
  const running = new Set<Promise<unknown>>();
  let closed = false;
  const track = async <T>(start: () => Promise<T>): Promise<T> => {
    if (closed) throw new SourceError(name, 'the source is closed');
    const reading = start();
    running.add(reading);
    try {
      return await reading;
    } finally {
      running.delete(reading);
    }
  };
  const store: ZarrStore = {
    ...{ name, path },
    with: (key, use) => track(() => objects.use(key, use)),
    read: (key, most) =>
      store.with(key, (source) => {
        if (source.size <= most) return source.read(0, source.size);
        throw new UnsupportedFormatError(source.name, `${source.size} bytes where at most ${most} are expected`);
      }),
    readPart: (key, choose) =>
      track(() =>
        shards.use(key, (source) => {
          const { offset, length } = choose(source.size);
          if (offset < 0 || offset + length > source.size)
            throw new ShortReadError(source.name, { offset, length, size: source.size });
          return source.read(offset, length);
        }),
      ),
    async close() {
      closed = true;
      const kept = shards.close();
      await Promise.allSettled(running);
      await kept;
    },
  };
  return store;
}

/** Only what is not there is absent: an object that can't be read, or that a server refuses, is an error. */
function passAbsent(error: unknown): undefined {
  if (error instanceof RemoteError && error.status === 404) return undefined;
  const { code } = (error instanceof SourceError && error.cause instanceof Error ? error.cause : {}) as {
    code?: string;
  };
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}
