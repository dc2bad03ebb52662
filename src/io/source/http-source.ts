import { RemoteError, SourceError } from '../../utils/errors.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import { BlockCache } from './block-cache.ts';
import type { ByteSource, ReadOptions, SourceIdentity } from './byte-source.ts';
import { checkRange } from './check-range.ts';
import { openRemoteFile, readRemoteRange } from './range-client.ts';
import { hideSecrets, type RemoteAddress } from './remote-address.ts';
import { createRemoteSettings, type RemoteOptions } from './remote-options.ts';
import { RemoteTarget } from './remote-target.ts';

/**
 * Opens an `https://`, `http://` or `s3://` address for reads by HTTP ranges, with one request. Memory: `cacheBytes`, and
 * 8 MiB of requests under way. S3 is asked as the environment says: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
 * AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL.
 * @throws RemoteError, SourceError, OptionError, or the signal's reason
 */
export async function openHttpSource(
  url: string,
  options?: RemoteOptions,
  { signal }: ReadOptions = {},
): Promise<ByteSource> {
  const settings = createRemoteSettings(options);
  const target = new RemoteTarget(url);
  const never = new AbortController().signal;
  const control = { signal: signal ?? never, stop: never };
  control.signal.throwIfAborted();
  const { version, head } = await openRemoteFile(target, settings.blockBytes, { settings, control });
  const source = new HttpSource(target, { url, settings, version });
  source.seed(head);
  return source;
}

/** A file that was opened before, maybe by another thread: without a request, and held against what it was then. */
export function reopenHttpSource(address: RemoteAddress): ByteSource {
  return new HttpSource(new RemoteTarget(address.url), address);
}

class HttpSource implements ByteSource {
  readonly name: string;
  readonly remote: RemoteAddress;
  readonly identity: SourceIdentity;
  readonly #cache: BlockCache;
  readonly #untrack: () => void;
  readonly #reads = new Set<Promise<unknown>>();
  #failure: RemoteError | undefined;
  #closing: Promise<void> | undefined;

  constructor(target: RemoteTarget, address: RemoteAddress) {
    const { settings, version } = address;
    const { size, etag, lastModified } = version;
    const time = Date.parse(lastModified ?? '');
    this.name = hideSecrets(address.url);
    this.remote = address;
    this.identity = { size, mtimeMs: etag !== undefined || Number.isNaN(time) ? undefined : time, etag };
    const { blockBytes, cacheBytes } = settings;
    this.#cache = new BlockCache({
      ...{ size, blockBytes, cacheBytes },
      fetch: (offset, length, control) => readRemoteRange(target, { offset, length, version }, { settings, control }),
    });
    this.#untrack = trackOpen(this, 'remote', this.name);
  }

  get size(): number {
    return this.identity.size;
  }

  get failure(): RemoteError | undefined {
    return this.#failure;
  }

  /** The start of the file came with the answer that said how large it is. Its end is fetched: many TIFFs have tables there. */
  seed(head: Uint8Array): void {
    this.#cache.seed(head);
    if (this.size > head.length) this.#cache.prefetch([{ offset: this.size - 1, length: 1 }]);
  }

  async read(offset: number, length: number, { signal }: ReadOptions = {}): Promise<Uint8Array> {
    if (this.#closing) throw this.#createClosedError();
    checkRange(this, offset, length);
    signal?.throwIfAborted();
    const reading = this.#cache.read(offset, length, signal);
    this.#reads.add(reading);
    try {
      return await reading;
    } catch (error) {
      if (error instanceof RemoteError) this.#failure ??= error;
      throw error;
    } finally {
      this.#reads.delete(reading);
    }
  }

  prefetch(ranges: Iterable<{ offset: number; length: number }>): void {
    if (!this.#closing) this.#cache.prefetch(ranges);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Reads under way are finished, as a file's are, but what fails now is not tried again. */
  async #close(): Promise<void> {
    this.#untrack();
    this.#cache.stop();
    await Promise.allSettled(this.#reads);
    this.#cache.close(this.#createClosedError());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #createClosedError(): SourceError {
    return new SourceError(this.name, 'the source is closed');
  }
}
