/**
 * What a running stage has finished so far: `journal.jsonl` beside the record, one JSON object a line, appended and never
 * rewritten. A batch is one write. A process that dies in that write leaves a torn last line, which reading leaves out and
 * the next append cuts off; the item is then done once more, and its file, already the same, stays untouched.
 *
 * Besides finished items a line may announce paths that are about to be written. A changed option removes the outputs of
 * the old run, and with announcements also those that were written but not yet journaled when it died.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { trackOpen } from './open-handles.ts';
import { getErrorCode, toOutputError } from './output-error.ts';
import type { JournalItem, JournalLine } from './record-schemas.ts';

export const JOURNAL_NAME = 'journal.jsonl';

/** A finished item. Further members are the stage's own and come back as they were, if JSON can hold them. */
export type { JournalItem } from './record-schemas.ts';

export interface JournalContent {
  readonly items: readonly JournalItem[];
  /** Paths that were about to be written; some of them are also items. */
  readonly announced: readonly string[];
  /** Bytes of the whole lines; what follows is torn. */
  readonly soundBytes: number;
}

export interface Journal extends Disposable {
  /** Appends finished items, in one write. @throws OutputError */
  append(items: readonly JournalItem[]): void;
  /** Says which paths, below the folder, are about to be written. @throws OutputError */
  announce(paths: readonly string[]): void;
  close(): void;
}

/** What the journal of a folder says; empty when there is none. Lines that make no sense are left out. */
export async function readJournal(folder: string): Promise<JournalContent> {
  const path = join(folder, JOURNAL_NAME);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if (getErrorCode(cause) === 'ENOENT') return { items: [], announced: [], soundBytes: 0 };
    throw toOutputError(path, cause);
  }
  const soundBytes = bytes.lastIndexOf('\n') + 1;
  const { lineSchema } = await import('./record-schemas.ts');
  const parse = (line: string) => parseLine(line, lineSchema);
  const lines = bytes.toString('utf8', 0, soundBytes).split('\n').flatMap(parse);
  const items = lines.flatMap((line) => ('index' in line ? [line as JournalItem] : []));
  const announced = lines.flatMap((line) => ('announced' in line ? (line.announced as string[]) : []));
  return { items, announced, soundBytes };
}

/** Opens the journal for appending behind its first `soundBytes`; whatever follows them is cut off. */
export function openJournal(folder: string, soundBytes = 0): Journal {
  return new FileJournal(join(folder, JOURNAL_NAME), soundBytes);
}

export async function removeJournal(folder: string): Promise<void> {
  const path = join(folder, JOURNAL_NAME);
  await rm(path, { force: true }).catch((cause: unknown) => {
    throw toOutputError(path, cause);
  });
}

class FileJournal implements Journal {
  readonly #path: string;
  readonly #file: number;
  readonly #untrack: () => void;
  #size: number;
  #open = true;

  constructor(path: string, soundBytes: number) {
    this.#path = path;
    this.#size = soundBytes;
    try {
      this.#file = openSync(path, 'a');
      ftruncateSync(this.#file, soundBytes);
    } catch (cause) {
      throw toOutputError(path, cause);
    }
    this.#untrack = trackOpen(this, 'journal', path);
  }

  append(items: readonly JournalItem[]): void {
    this.#write(items);
  }

  announce(paths: readonly string[]): void {
    if (paths.length > 0) this.#write([{ announced: paths }]);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#untrack();
    closeSync(this.#file);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** On a fault (a full disk) the part that was written is cut off again, so that the journal stays sound. */
  #write(lines: readonly object[]): void {
    if (lines.length === 0) return;
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
      this.#size += bytes.length;
    } catch (cause) {
      if (this.#open) ftruncateSync(this.#file, this.#size);
      throw toOutputError(this.#path, cause);
    }
  }
}

type LineSchema = typeof import('./record-schemas.ts').lineSchema;

function parseLine(line: string, schema: LineSchema): JournalLine[] {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
