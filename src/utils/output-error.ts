import { OutputError } from './errors.ts';

/** What went wrong in plain words, and what to do about it, by the system's error code. */
const FAULTS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'free some space and run the same command again: what is finished is kept'],
  EDQUOT: [
    'the disk quota is used up',
    'free some of your files and run the same command again: what is finished is kept',
  ],
  EACCES: ['no permission to write here', 'change the owner or the mode of the folder, or choose another --out'],
  EPERM: ['writing is not permitted here', 'change the owner or the mode of the folder, or choose another --out'],
  EROFS: ['the file system is read-only', 'choose another --out'],
  ENOTDIR: ['a part of this path is a file, not a folder', 'choose another --out, or move that file away'],
  EEXIST: ['a file stands where a folder is needed', 'choose another --out, or move that file away'],
  EISDIR: ['a folder stands where a file is to be written', 'choose another --out, or move that folder away'],
  ENAMETOOLONG: ['the path is too long for this file system', 'choose a shorter --out, or shorter slide names'],
  ENOENT: ['the folder has vanished', 'let nothing else move or delete the output folder during a run'],
  EMFILE: ['this process has too many files open', 'raise the limit (ulimit -n), or lower --workers'],
  ENFILE: ['the machine has too many files open', 'close other programs, or lower --workers'],
  EIO: [
    'the device reports a read or write fault',
    'check the disk or the network share, then run the same command again',
  ],
  EFBIG: ['the file is too large for this file system', 'choose an --out on another file system'],
};

/** Turns a file system's error into an `OutputError` about `path`; an `OutputError` passes as it is. */
export function toOutputError(path: string, cause: unknown): OutputError {
  if (cause instanceof OutputError) return cause;
  const [message, hint] = FAULTS[getErrorCode(cause) ?? ''] ?? [String(cause instanceof Error ? cause.message : cause)];
  return new OutputError(path, message, hint === undefined ? { cause } : { cause, hint });
}

/** The system's code of an error (`ENOENT`), where it has one. */
export function getErrorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
