import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError } from '../../utils/errors.ts';
import type { RemoteSettings } from './remote-options.ts';

/** Longest wait between two tries that we choose, and that a server may ask for. */
const MAX_DELAY_MS = 10_000;
const MAX_RETRY_AFTER_MS = 60_000;

/** How a request is ended early. */
export interface RequestControl {
  /** At once, as nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** After the try that is under way. */
  readonly stop: AbortSignal;
}

/** Calls `attempt` until it succeeds or fails for good. Waits between tries double, with a random part. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { retries, retryDelayMs }: Pick<RemoteSettings, 'retries' | 'retryDelayMs'>,
  { signal, stop }: RequestControl,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RemoteError) || !error.transient || stop.aborted) throw error;
      if (tried > retries) throw tried === 1 ? error : addTries(error, tried);
      const ended = AbortSignal.any([signal, stop]);
      await sleep(chooseDelay(error, tried, retryDelayMs), undefined, { signal: ended }).catch(() => undefined);
      signal.throwIfAborted();
      if (stop.aborted) throw error;
    }
  }
}

/** Half of the wait is random: clients that failed together do not come back together. */
function chooseDelay({ retryAfterMs }: RemoteError, tried: number, base: number): number {
  const own = Math.min(MAX_DELAY_MS, base * 2 ** (tried - 1)) * (0.5 + Math.random() / 2);
  return retryAfterMs === undefined ? own : Math.max(own, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}

function addTries(error: RemoteError, tries: number): RemoteError {
  const { source, message, reason, status, transient, retryAfterMs } = error;
  const text = `${message.slice(source.length + 2)} (${tries} tries)`;
  const hint =
    error.hint ?? 'the server or the way to it is in trouble: try again later; a run goes on where it stopped';
  return new RemoteError(source, text, { reason, status, transient, retryAfterMs }, { cause: error.cause, hint });
}
