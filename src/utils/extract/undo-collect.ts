import { chmodSync, lstatSync, rmdirSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { OptionError } from '../errors.ts';
import { acquireLease } from '../lease.ts';
import { CollectJournal, type FoundJournal, inspectJournal, readJournalLines } from './collect-journal.ts';
import { DISK_OPERATIONS, type FileOperations } from './file-operations.ts';
import type { JournalLine } from './journal-schema.ts';
import { moveFile } from './move-file.ts';
import { settleMove } from './settle-move.ts';

export type UndoEvent =
  | { readonly kind: 'back'; readonly from: string; readonly to: string; readonly bytes: number }
  /** Stays where it is, for a reason in words. */
  | { readonly kind: 'conflict'; readonly path: string; readonly to: string; readonly reason: string }
  | { readonly kind: 'lost'; readonly path: string };

export interface UndoOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: UndoEvent) => void) | undefined;
  readonly onProgress?: ((files: number) => void) | undefined;
  /** What touches the disk; for tests. */
  readonly files?: FileOperations | undefined;
}

export interface UndoReport {
  readonly schema: 'slideloom/collect-undo/v1';
  readonly journal: string;
  /** Files moved back by this call, and those that were where they came from. */
  readonly back: number;
  readonly already: number;
  readonly conflicts: number;
  /** Files that `deleteUnmatched` deleted. */
  readonly lost: number;
  /** The journal is gone: all is as it was. */
  readonly complete: boolean;
}

/** File systems keep times with a precision of up to 2 s. */
const TIME_PRECISION = 2000;

interface Undo {
  readonly journal: CollectJournal;
  readonly files: FileOperations;
  readonly signal: AbortSignal | undefined;
  readonly emit: (event: UndoEvent) => void;
  readonly counts: { back: number; already: number; conflicts: number; lost: number };
  /** Folders that the collection made, the outermost first. */
  readonly made: Set<string>;
}

/**
 * Moves the files of a collection back to where they came from, and removes the journal when all are there. It may be
 * killed, or called while another one was, and called again. A file that has changed since, or whose old name is taken,
 * stays.
 * @throws OptionError where the file is no journal; OutputError; OutputInUseError
 */
export async function undoCollect(path: string, options: UndoOptions = {}): Promise<UndoReport> {
  const { files = DISK_OPERATIONS, onEvent, onProgress } = options;
  const { out } = await readStart(resolve(path));
  const made = new Set<string>();
  const counts = { back: 0, already: 0, conflicts: 0, lost: 0 };
  {
    await using lease = await acquireLease(out);
    const signal = AbortSignal.any([lease.signal, ...(options.signal ? [options.signal] : [])]);
    const found = await settleMove(await inspect(resolve(path)), { files, signal });
    using journal = new CollectJournal(found, files);
    const undo: Undo = { journal, files, signal, emit: (event) => onEvent?.(event), counts, made };
    for await (const line of listDone(journal.path, found.soundBytes)) {
      signal.throwIfAborted();
      await undoLine(line, undo);
      onProgress?.(counts.back + counts.already + counts.conflicts);
    }
    if (counts.conflicts + counts.lost === 0) files.unlink(journal.path);
  }
  const complete = counts.conflicts + counts.lost === 0;
  if (complete) for (const folder of [...made].reverse()) removeFolder(folder);
  return { schema: 'slideloom/collect-undo/v1', journal: resolve(path), ...counts, complete };
}

async function readStart(path: string): Promise<Extract<JournalLine, { kind: 'start' }>> {
  const { soundBytes } = await inspect(path);
  for await (const line of readJournalLines(path, { end: soundBytes })) if (line.kind === 'start') return line;
  throw createNoJournalError(path);
}

async function inspect(path: string): Promise<FoundJournal> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw createNoJournalError(path);
  const found = await inspectJournal(path);
  if (found === undefined) throw createNoJournalError(path);
  return found;
}

function createNoJournalError(path: string): OptionError {
  return new OptionError('undo', 'the journal of a collection', path, {
    hint: 'a collection writes it into its target: collect-journal.jsonl',
  });
}

/** The lines without those of moves that did not come about. */
async function* listDone(path: string, end: number): AsyncGenerator<JournalLine> {
  let pending: JournalLine | undefined;
  for await (const line of readJournalLines(path, { end })) {
    if (line.kind === 'copy') continue;
    if (line.kind === 'void') pending = undefined;
    if (pending) yield pending;
    pending = line.kind === 'void' ? undefined : line;
  }
  if (pending) yield pending;
}

async function undoLine(line: JournalLine, undo: Undo): Promise<void> {
  if (line.kind === 'move') return undoMove(line, undo);
  if (line.kind === 'start') for (const folder of line.created) undo.made.add(folder);
  else if (line.kind === 'folders') for (const folder of line.paths) undo.made.add(folder);
  else if (line.kind === 'rmdir') {
    undo.files.mkdir(line.path);
    chmodSync(line.path, line.mode);
  } else if (line.kind === 'delete' && lstatSync(line.path, { throwIfNoEntry: false }) === undefined) {
    undo.counts.lost++;
    undo.emit({ kind: 'lost', path: line.path });
  }
}

async function undoMove(move: Extract<JournalLine, { kind: 'move' | 'back' }>, undo: Undo): Promise<void> {
  const { counts, emit } = undo;
  const [there, here] = [move.to, move.from].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  const moved = there !== undefined && isAsRecorded(there, move);
  if (here !== undefined && !moved) {
    counts.already++;
    return;
  }
  if (there === undefined) return fail('it is in neither place');
  if (!moved) return fail('it has changed since it was moved');
  if (here !== undefined) return fail('its old name is taken');
  const { size, mtimeMs } = there;
  const way = await moveFile({ kind: 'back', from: move.to, to: move.from, size, mtimeMs }, undo);
  if (way === 'taken') return fail('its old name is taken');
  counts.back++;
  emit({ kind: 'back', from: move.to, to: move.from, bytes: size });

  function fail(reason: string): void {
    counts.conflicts++;
    emit({ kind: 'conflict', path: move.to, to: move.from, reason });
  }
}

function isAsRecorded(stats: Stats, { size, mtimeMs }: { size: number; mtimeMs: number }): boolean {
  return stats.isFile() && stats.size === size && Math.abs(stats.mtimeMs - mtimeMs) <= TIME_PRECISION;
}

/** What others put there since stays. */
function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Not empty, or gone already.
  }
}
