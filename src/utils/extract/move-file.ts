import { lstatSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createTemporaryPath } from '../atomic-file.ts';
import { OutputError } from '../errors.ts';
import { hashFile } from '../hash.ts';
import { getErrorCode, toOutputError } from '../output-error.ts';
import type { CollectJournal } from './collect-journal.ts';
import type { FileOperations } from './file-operations.ts';

export interface Move {
  /** `back` where an undo moves it. */
  readonly kind: 'move' | 'back';
  readonly from: string;
  readonly to: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface MoveContext {
  readonly journal: CollectJournal;
  readonly files: FileOperations;
  readonly signal: AbortSignal | undefined;
}

/**
 * Moves one file; nothing that has the target's name is ever replaced. The name is taken first, with an empty file, because
 * a rename would replace whatever came there since it was looked at. Across file systems the file is copied under a temporary
 * name, synced, read again and compared by size and SHA-256; only then does the source go. On a fault the source is where it was.
 * @returns `taken` where something has the name
 * @throws OutputError, or the signal's reason
 */
export async function moveFile(move: Move, context: MoveContext): Promise<'renamed' | 'copied' | 'taken'> {
  const { journal, files } = context;
  journal.write(move);
  try {
    if (!reserve(move.to, files)) {
      journal.write({ kind: 'void' });
      return 'taken';
    }
    const renamed = replaceReserved(move.from, move.to, files);
    const way = renamed ? 'renamed' : await copyAcross(move, context);
    if (way === 'taken') journal.write({ kind: 'void' });
    return way;
  } catch (cause) {
    journal.write({ kind: 'void' });
    const ofSource = ['EACCES', 'EPERM', 'ENOENT'].includes(getErrorCode(cause) ?? '');
    throw context.signal?.aborted ? cause : toOutputError(ofSource ? move.from : move.to, cause);
  }
}

/** False where the name is taken; makes the folder where it is missing. */
function reserve(path: string, files: FileOperations, mayMakeFolder = true): boolean {
  try {
    files.reserve(path);
  } catch (cause) {
    if (getErrorCode(cause) === 'EEXIST') return false;
    if (getErrorCode(cause) !== 'ENOENT' || !mayMakeFolder) throw cause;
    files.mkdir(dirname(path));
    return reserve(path, files, false);
  }
  return true;
}

/** False where the two are on different file systems; the reserved name is free again then, and after a fault. */
function replaceReserved(from: string, to: string, files: FileOperations): boolean {
  try {
    files.rename(from, to);
    return true;
  } catch (cause) {
    if (lstatSync(to, { throwIfNoEntry: false })?.size === 0) files.unlink(to);
    if (getErrorCode(cause) === 'EXDEV') return false;
    throw cause;
  }
}

async function copyAcross(move: Move, { journal, files, signal }: MoveContext): Promise<'copied' | 'taken'> {
  const temporary = createTemporaryPath(dirname(move.to));
  journal.write({ kind: 'copy', path: temporary });
  try {
    const sha256 = await files.copy(move.from, temporary, signal);
    await checkCopy(move, temporary, { sha256, signal });
    if (!reserve(move.to, files)) {
      files.unlink(temporary);
      return 'taken';
    }
    if (!replaceReserved(temporary, move.to, files))
      throw new OutputError(move.to, 'a file can not be renamed within this folder');
  } catch (error) {
    removeIfThere(temporary, files);
    throw error;
  }
  removeSource(move, files);
  return 'copied';
}

async function checkCopy(
  { from, size, mtimeMs }: Move,
  copy: string,
  { sha256, signal }: { sha256: string; signal: AbortSignal | undefined },
): Promise<void> {
  const copied = await lstat(copy);
  const same = copied.size === size && (await hashFile(copy, signal ? { signal } : {})) === sha256;
  if (!same)
    throw new OutputError(from, 'its copy does not hold the same bytes; the file stays where it is', {
      hint: 'check the disk of the target, then run the same command again',
    });
  const source = await lstat(from);
  if (source.size !== size || source.mtimeMs !== mtimeMs)
    throw new OutputError(from, 'it was written to while it was copied, and stays where it is', {
      hint: 'wait until whatever writes it has ended, then run the same command again',
    });
}

/** Where the source can't be removed its copy goes again; where it has gone by itself the copy is all there is. */
function removeSource({ from, to }: Move, files: FileOperations): void {
  try {
    files.unlink(from);
  } catch (cause) {
    if (lstatSync(from, { throwIfNoEntry: false }) === undefined) return;
    files.unlink(to);
    throw cause;
  }
}

function removeIfThere(path: string, files: FileOperations): void {
  try {
    files.unlink(path);
  } catch (cause) {
    if (getErrorCode(cause) !== 'ENOENT') throw cause;
  }
}
