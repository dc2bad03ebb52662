/** What goes wrong on the way to the bytes of a slide. */
import { SlideloomError, type SlideloomErrorOptions } from './slideloom-error.ts';

/** The bytes of a slide can't be reached: missing file, a directory, no permission, an I/O error. */
export class SourceError extends SlideloomError {
  readonly tag = 'source';
  readonly source: string;
  constructor(source: string, message: string, options?: SlideloomErrorOptions) {
    super(`${source}: ${message}`, options);
    this.source = source;
  }
}

/** What went wrong between us and a server. */
export type RemoteReason = 'status' | 'network' | 'timeout' | 'truncated' | 'changed' | 'no-ranges' | 'protocol';

/**
 * A remote file can't be read: the server refuses or fails, the connection breaks, or the file changed while it was read.
 * It is never taken for a damaged tile. `source` is the address without user, password and query, which may hold secrets.
 */
export class RemoteError extends SlideloomError {
  readonly tag = 'remote';
  readonly source: string;
  readonly reason: RemoteReason;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Whether the same request may succeed later. */
  readonly transient: boolean;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | undefined;
  constructor(
    source: string,
    message: string,
    facts: {
      reason: RemoteReason;
      status?: number | undefined;
      transient?: boolean;
      retryAfterMs?: number | undefined;
    },
    options?: SlideloomErrorOptions,
  ) {
    super(`${source}: ${message}`, options);
    this.source = source;
    this.reason = facts.reason;
    this.status = facts.status;
    this.transient = facts.transient ?? false;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A read reached past the end of a source. Offsets and lengths are in bytes. */
export class ShortReadError extends SlideloomError {
  readonly tag = 'short-read';
  readonly source: string;
  readonly offset: number;
  readonly length: number;
  readonly size: number;
  constructor(source: string, at: { offset: number; length: number; size: number }, options?: SlideloomErrorOptions) {
    super(`${source}: bytes ${at.offset}..${at.offset + at.length} asked, the source ends at ${at.size}`, options);
    this.source = source;
    this.offset = at.offset;
    this.length = at.length;
    this.size = at.size;
  }
}
