/** How a run ends early: a part is not there, a thread died, the caller stopped it. */
import { SlideloomError, type SlideloomErrorOptions } from './slideloom-error.ts';

/** Something optional that was asked for is not on this machine: a package, or a library of the system. */
export class MissingPartError extends SlideloomError {
  readonly tag = 'missing-part';
  /** Its name: `koffi`, `openslide`. */
  readonly part: string;
  constructor(part: string, message: string, options?: SlideloomErrorOptions) {
    super(message, options);
    this.part = part;
  }
}

/** A worker thread died and its item failed again after one retry. */
export class WorkerError extends SlideloomError {
  readonly tag = 'worker';
}

/** The caller's `AbortSignal` fired. */
export class AbortedError extends SlideloomError {
  readonly tag = 'aborted';
}
