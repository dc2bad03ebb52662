import type { RemoteError } from '../../utils/errors.ts';
import type { RemoteAddress } from './remote-address.ts';

/**
 * Random access to the bytes of one slide. Reads may run in parallel. Whoever opens a source closes it.
 */
export interface ByteSource extends AsyncDisposable {
  /** For messages: a path, a URL, or the name given to a buffer. */
  readonly name: string;
  /** Of the file that is read, where it is one: other threads may open it too. */
  readonly path?: string;
  /** Of a remote file: how other threads open it. */
  readonly remote?: RemoteAddress;
  /** Total bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`. The result may be a view of shared memory: do not write to it.
   * @throws ShortReadError when the range leaves the source; SourceError on I/O faults or after close;
   * RemoteError where a server fails, or the file is no longer the one that was opened.
   */
  read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array>;
  /**
   * As `read`, into memory of the caller's: `target.length` bytes. A file has it; whoever reads a large one from end to end
   * then makes no garbage.
   */
  readInto?(offset: number, target: Uint8Array, options?: ReadOptions): Promise<void>;
  /** The first read that a server failed, where one did: readers that pass over damage look here. */
  readonly failure?: RemoteError | undefined;
  /** Says what will soon be read, where that helps: a remote source fetches it in few requests. */
  prefetch?(ranges: Iterable<{ offset: number; length: number }>): void;
  /** Identity for run records: changes when the content may have changed. */
  readonly identity: SourceIdentity;
  close(): Promise<void>;
}

export interface ReadOptions {
  signal?: AbortSignal;
}

export interface SourceIdentity {
  readonly size: number;
  /** Milliseconds since 1970; undefined where there is none (buffers). */
  readonly mtimeMs: number | undefined;
  /** Of a remote file whose server gives one. */
  readonly etag?: string | undefined;
}
