import { checkInteger, withDefaults } from '../../utils/options.ts';

/** How a remote file is read. */
export interface RemoteOptions {
  /** Bytes that are fetched and kept together. */
  blockBytes?: number | undefined;
  /** Bytes of the file that are kept in memory, for each thread that reads it. */
  cacheBytes?: number | undefined;
  /** Tries after the first one, for errors that pass: HTTP 429 and 5xx, broken connections, timeouts. */
  retries?: number | undefined;
  /** Milliseconds before the second try; each later one waits twice as long, up to 10 s. The server may ask for more. */
  retryDelayMs?: number | undefined;
  /** Milliseconds without a byte after which a request counts as lost. */
  timeoutMs?: number | undefined;
}

export const REMOTE_DEFAULTS = {
  blockBytes: 256 * 2 ** 10,
  cacheBytes: 32 * 2 ** 20,
  retries: 5,
  retryDelayMs: 250,
  timeoutMs: 30_000,
} as const;

/** Most that a worker thread keeps of a remote file. */
export const WORKER_CACHE_BYTES = 8 * 2 ** 20;

export type RemoteSettings = Readonly<Record<keyof typeof REMOTE_DEFAULTS, number>>;

/** @throws OptionError */
export function createRemoteSettings(options: RemoteOptions | undefined): RemoteSettings {
  const settings = withDefaults(REMOTE_DEFAULTS, options);
  return {
    blockBytes: checkInteger('remote.blockBytes', settings.blockBytes, { min: 1024, max: 16 * 2 ** 20 }),
    cacheBytes: checkInteger('remote.cacheBytes', settings.cacheBytes, { min: 0 }),
    retries: checkInteger('remote.retries', settings.retries, { min: 0, max: 20 }),
    retryDelayMs: checkInteger('remote.retryDelayMs', settings.retryDelayMs, { min: 0, max: 60_000 }),
    timeoutMs: checkInteger('remote.timeoutMs', settings.timeoutMs, { min: 1, max: 2 ** 31 - 1 }),
  };
}
