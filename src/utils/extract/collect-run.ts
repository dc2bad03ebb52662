import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { SlideloomError } from '../errors.ts';
import { getErrorCode, toOutputError } from '../output-error.ts';
import type { CollectEvent, CollectOptions, CollectSettings } from './options.ts';
import { type WalkEntry, walkFolder } from './walk-folder.ts';

/** What a collection counted. */
export interface CollectCounts {
  /** Regular files that were looked at. */
  files: number;
  /** Moved to `out`, and log files moved to `logs`. */
  moved: number;
  movedLogs: number;
  /** Of all moved files. */
  bytes: number;
  /** Of the moved ones: those that had to be copied to another file system. */
  copied: number;
  /** Left where they are: a file of the same content has their name in the target. */
  equal: number;
  skipped: number;
  collisions: number;
  /** Could not be moved, deleted or read. */
  failed: number;
  /** Files whose names don't fit. */
  unmatched: number;
  deleted: number;
  deletedBytes: number;
  links: number;
  special: number;
  foldersRemoved: number;
}

/** What all steps of a collection share. */
export interface CollectRun {
  readonly settings: CollectSettings;
  readonly counts: CollectCounts;
  readonly signal: AbortSignal | undefined;
  readonly emit: (event: CollectEvent) => void;
  readonly onProgress: ((files: number) => void) | undefined;
}

/** With these nothing else can be moved either. */
const HOPELESS = ['ENOSPC', 'EDQUOT', 'EROFS'];

/** Milliseconds of work between two looks at what else wants to run: the interrupt, the lease's heartbeat. */
const SLICE = 20;

export function createCollectRun(settings: CollectSettings, options: CollectOptions, lost?: AbortSignal): CollectRun {
  const signals = [options.signal, lost].filter((signal) => signal !== undefined);
  return {
    settings,
    counts: {
      ...{ files: 0, moved: 0, movedLogs: 0, bytes: 0, copied: 0, equal: 0, skipped: 0, collisions: 0, failed: 0 },
      ...{ unmatched: 0, deleted: 0, deletedBytes: 0, links: 0, special: 0, foldersRemoved: 0 },
    },
    signal: signals.length > 0 ? AbortSignal.any(signals) : undefined,
    emit: (event) => options.onEvent?.(event),
    onProgress: options.onProgress,
  };
}

/** Everything below the source but the targets; lets others run now and then. @throws the signal's reason */
export async function* walkSource({ settings, signal }: CollectRun): AsyncGenerator<WalkEntry> {
  const { source, out, logs } = settings;
  const targets = new Set([out, logs].filter(existsSync).map(identify));
  const isLeftOut = (path: string) =>
    path === out || path === logs || (targets.size > 0 && targets.has(identify(path)));
  let since = performance.now();
  for (const entry of walkFolder(source, isLeftOut)) {
    if (performance.now() - since > SLICE) {
      await pause();
      since = performance.now();
    }
    signal?.throwIfAborted();
    yield entry;
  }
}

/** Counts and tells a fault of one file, or stops the run where no other file will fare better. */
export function failPath({ counts, emit, signal }: CollectRun, path: string, cause: unknown): void {
  const code = getErrorCode(cause instanceof SlideloomError ? cause.cause : cause);
  if (signal?.aborted || (code === undefined && !(cause instanceof SlideloomError))) throw cause;
  const error = cause instanceof SlideloomError ? cause : toOutputError(path, cause);
  if (code !== undefined && HOPELESS.includes(code)) throw error;
  counts.failed++;
  emit({ kind: 'failed', path, error });
}

/** Of the folders on the way to `path`, itself included, those that don't exist; the outermost first. */
export function listMissingFolders(path: string): string[] {
  return existsSync(path) ? [] : [...listMissingFolders(dirname(path)), path];
}

/** The same folder may be met under another name, on a file system that does not tell cases apart, or by a mount. */
function identify(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true, throwIfNoEntry: false }) ?? { dev: path, ino: '' };
  return `${dev}:${ino}`;
}
