/**
 * Random access to the bytes of one slide. Reads may run in parallel. Whoever opens a source closes it.
 */
export interface ByteSource extends AsyncDisposable {
  /** For messages: a path, a URL, or the name given to a buffer. */
  readonly name: string;
  /** Of the file that is read, where it is one: other threads may open it too. */
  readonly path?: string;
  /** Total bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`. The result may be a view of shared memory: do not write to it.
   * @throws ShortReadError when the range leaves the source; SourceError on I/O faults or after close.
   */
  read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array>;
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
}
