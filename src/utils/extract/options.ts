import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { OptionError, type SlideloomError } from '../errors.ts';
import { checkBoolean, checkChoice, withDefaults } from '../options.ts';
import { getErrorCode } from '../output-error.ts';
import type { FileOperations } from './file-operations.ts';
import { DISK_OPERATIONS } from './file-operations.ts';

/**
 * What becomes of a file whose name is taken in the target: `error` leaves it and counts it as a fault, `skip` leaves it,
 * `suffix` moves it as `name_1.svs`, `name_2.svs` ...
 */
export const COLLISION_POLICIES = ['error', 'suffix', 'skip'] as const;
export type CollisionPolicy = (typeof COLLISION_POLICIES)[number];

export const COLLECT_DEFAULTS = {
  onCollision: 'error' as CollisionPolicy,
  deleteUnmatched: false,
  removeEmpty: false,
  dryRun: false,
} as const;

/** The folder of logs, in `out`, where none is named. */
export const LOGS_NAME = 'logs';

/** One thing that was done, or with `dryRun` would be done. Paths are absolute. */
export type CollectEvent =
  | { readonly kind: 'move' | 'log'; readonly from: string; readonly to: string; readonly bytes: number }
  /** The name is taken: by a file of the same content, or the policy leaves it, or it is a fault. */
  | { readonly kind: 'equal' | 'skip' | 'collision'; readonly from: string; readonly to: string }
  | { readonly kind: 'failed'; readonly path: string; readonly error: SlideloomError }
  /** Will be deleted; all of these come before the first is. */
  | { readonly kind: 'delete'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'remove-folder'; readonly path: string };

export interface CollectOptions {
  /** Folder that files are moved into, all of them side by side; made when missing. */
  readonly out: string;
  /** Ends of file names such as `.svs` or `ome.tif`, in any case, with or without the dot. */
  readonly extensions?: readonly string[] | undefined;
  /** Ends of the names of log files, in any case: they go to `logs`, also where an extension fits them. */
  readonly logSuffixes?: readonly string[] | undefined;
  /** Default `<out>/logs`. */
  readonly logs?: string | undefined;
  readonly onCollision?: CollisionPolicy | undefined;
  /** Delete every regular file whose name does not fit, once all others are moved. It can't be undone. */
  readonly deleteUnmatched?: boolean | undefined;
  /** Remove folders of the source that are empty in the end; the source itself stays. */
  readonly removeEmpty?: boolean | undefined;
  /** Change nothing, tell what would be done. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: CollectEvent) => void) | undefined;
  /** Files looked at so far. */
  readonly onProgress?: ((files: number) => void) | undefined;
  /** What touches the disk; for tests. */
  readonly files?: FileOperations | undefined;
}

/** Checked, with absolute paths without symbolic links. */
export interface CollectSettings {
  readonly source: string;
  readonly out: string;
  readonly logs: string;
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Lower case. */
  readonly logSuffixes: readonly string[];
  readonly onCollision: CollisionPolicy;
  readonly deleteUnmatched: boolean;
  readonly removeEmpty: boolean;
  readonly dryRun: boolean;
  readonly files: FileOperations;
}

/** @throws OptionError */
export function resolveSettings(source: string, options: CollectOptions): CollectSettings {
  const { onCollision, deleteUnmatched, removeEmpty, dryRun } = withDefaults(COLLECT_DEFAULTS, {
    onCollision: options.onCollision,
    deleteUnmatched: options.deleteUnmatched,
    removeEmpty: options.removeEmpty,
    dryRun: options.dryRun,
  });
  const extensions = (options.extensions ?? []).map((one) => checkEnd('extensions', one.replace(/^\.?/, '.'), 2));
  const logSuffixes = (options.logSuffixes ?? []).map((one) => checkEnd('logSuffixes', one, 1));
  if (extensions.length + logSuffixes.length === 0)
    throw new OptionError('extensions', 'at least one extension, or a suffix of logs', undefined);
  const folder = checkFolder(source);
  const out = findRealPath(options.out);
  if (out === folder)
    throw new OptionError('out', 'a folder other than the source', options.out, {
      hint: 'a folder inside the source is fine: it is not searched',
    });
  return {
    source: folder,
    out,
    logs: findRealPath(options.logs ?? join(out, LOGS_NAME)),
    extensions,
    logSuffixes,
    onCollision: checkChoice('onCollision', onCollision, COLLISION_POLICIES),
    deleteUnmatched: checkBoolean('deleteUnmatched', deleteUnmatched),
    removeEmpty: checkBoolean('removeEmpty', removeEmpty),
    dryRun: checkBoolean('dryRun', dryRun),
    files: options.files ?? DISK_OPERATIONS,
  };
}

function checkEnd(option: string, end: string, least: number): string {
  if (end.length >= least && !/[/\\\0]/.test(end)) return end.toLowerCase();
  throw new OptionError(option, 'the end of a file name', end);
}

function checkFolder(source: string): string {
  if (statSync(source, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(source);
  throw new OptionError('source', 'a folder that exists', source);
}

/** The path without symbolic links, also where its last parts don't exist yet. */
function findRealPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch (error) {
    const parent = dirname(absolute);
    if (getErrorCode(error) !== 'ENOENT' || parent === absolute) throw error;
    return join(findRealPath(parent), basename(absolute));
  }
}
