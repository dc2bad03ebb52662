import { AbortedError, SlideloomError } from './errors.ts';

/**
 * As `signal.throwIfAborted()`, but always with an error of ours: whoever aborts may give any reason, or none.
 * @throws AbortedError with the reason as its cause; the reason itself where it is an error of ours, as of a lease that was lost
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw toAbortError(signal.reason);
}

/** The error of a run that was stopped for this reason. */
export function toAbortError(reason: unknown): SlideloomError {
  return reason instanceof SlideloomError ? reason : new AbortedError('the run was stopped', { cause: reason });
}
