import { lstatSync } from 'node:fs';
import { CollectJournal, type FoundJournal } from './collect-journal.ts';
import type { FileOperations } from './file-operations.ts';
import type { JournalLine } from './journal-schema.ts';
import { isSameContent } from './same-content.ts';

type MoveLine = Extract<JournalLine, { kind: 'move' | 'back' }>;

/**
 * Brings what was in hand when an earlier run died to one end or the other: a copy that is whole under its name is made
 * the file, everything before that is taken back. Both names hold the bytes, or one does, at any moment.
 * @returns the journal as it is then
 * @throws OutputError, or the signal's reason
 */
export async function settleMove(
  found: FoundJournal,
  context: { files: FileOperations; signal: AbortSignal | undefined },
): Promise<FoundJournal> {
  const { tail } = found;
  const at = tail.findLastIndex(({ kind }) => kind === 'move' || kind === 'back');
  const move = tail[at] as MoveLine | undefined;
  const after = tail.slice(at + 1);
  if (move === undefined || after.some(({ kind }) => kind !== 'copy')) return found;
  const [copy] = after.flatMap((line) => (line.kind === 'copy' ? [line] : []));
  if (await isMoved(move, copy?.path, context)) return found;
  using journal = new CollectJournal(found, context.files);
  journal.write({ kind: 'void' });
  return { ...found, soundBytes: journal.bytes, tail: [...tail, { kind: 'void' }] };
}

/** Whether the move was done, or is now; else the target's name is free of it. */
async function isMoved(
  move: MoveLine,
  temporary: string | undefined,
  { files, signal }: { files: FileOperations; signal: AbortSignal | undefined },
): Promise<boolean> {
  if (temporary !== undefined && lstatSync(temporary, { throwIfNoEntry: false })) files.unlink(temporary);
  const to = lstatSync(move.to, { throwIfNoEntry: false });
  if (lstatSync(move.from, { throwIfNoEntry: false }) === undefined) return to !== undefined;
  if (!to?.isFile()) return false;
  if (temporary !== undefined && move.size > 0 && (await isSameContent(move.from, move.to, signal))) {
    files.unlink(move.from);
    return true;
  }
  // The empty file that held the name for it.
  if (to.size === 0) files.unlink(move.to);
  return false;
}
