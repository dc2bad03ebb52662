/**
 * What a collection does, a JSON object a line, each written before its deed: `collect-journal.jsonl` in the target. It is
 * never rewritten. Its last lines tell a later run what was in hand at a kill, all of them tell an undo what to put back.
 * A journal that has its `end` is finished: the next run begins `collect-journal-2.jsonl`.
 */
import {
  closeSync,
  createReadStream,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  opendirSync,
  openSync,
  readSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { OutputError } from '../errors.ts';
import { trackOpen } from '../open-handles.ts';
import { getErrorCode, toOutputError } from '../output-error.ts';
import type { FileOperations } from './file-operations.ts';
import type { JournalLine } from './journal-schema.ts';

const NAME = /^collect-journal(?:-(\d+))?\.jsonl$/;
const HEAD = '{"kind":"start","schema":"slideloom/collect/v1"';
/** Holds the last four lines: two paths of 4096 bytes each, six characters for an escaped one. */
const TAIL = 1 << 18;

export interface FoundJournal {
  readonly path: string;
  /** Bytes of the whole lines; what follows is torn. */
  readonly soundBytes: number;
  /** The last lines, oldest first; empty for a new journal. */
  readonly tail: readonly JournalLine[];
}

/** The unfinished journal of a target, or the place of a new one. @throws OutputError */
export async function findJournal(out: string): Promise<FoundJournal> {
  const last = findLastNumber(out);
  const found = last === 0 ? undefined : await inspectJournal(getPath(out, last));
  if (found !== undefined && found.tail.at(-1)?.kind !== 'end') return found;
  return { path: getPath(out, last + 1), soundBytes: 0, tail: [] };
}

/** Undefined where the file is no journal. @throws OutputError */
export async function inspectJournal(path: string): Promise<FoundJournal | undefined> {
  const { journalLineSchema } = await import('./journal-schema.ts');
  try {
    const file = openSync(path, 'r');
    try {
      const head = readText(file, 0, HEAD.length);
      if (!HEAD.startsWith(head) && head !== HEAD) return undefined;
      const { size } = fstatSync(file);
      const start = Math.max(0, size - TAIL);
      const bytes = readBytes(file, start, size - start);
      const end = bytes.lastIndexOf('\n') + 1;
      const lines = bytes.toString('utf8', 0, end).split('\n').slice(-5, -1);
      const tail = lines.flatMap((line) => parseLine(line, journalLineSchema));
      return { path, soundBytes: start + end, tail };
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw toOutputError(path, cause);
  }
}

/** The lines of a part of the journal, in order; those that make no sense are left out. @throws OutputError */
export async function* readJournalLines(
  path: string,
  range: { readonly start?: number; readonly end: number },
): AsyncGenerator<JournalLine> {
  const { start = 0, end } = range;
  if (end <= start) return;
  const { journalLineSchema } = await import('./journal-schema.ts');
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, { start, end: end - 1, encoding: 'utf8' })) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield* parseLine(line, journalLineSchema);
    }
  } catch (cause) {
    throw getErrorCode(cause) === undefined ? cause : toOutputError(path, cause);
  }
}

export class CollectJournal implements Disposable {
  readonly path: string;
  readonly #files: FileOperations;
  readonly #start: JournalLine | undefined;
  #bytes: number;
  #file: number | undefined;
  #untrack: (() => void) | undefined;

  /** The file is made, or opened behind its sound bytes, by the first line; `start` is put before it. */
  constructor(found: FoundJournal, files: FileOperations, start?: JournalLine) {
    this.path = found.path;
    this.#bytes = found.soundBytes;
    this.#files = files;
    this.#start = start;
  }

  /** Of all whole lines. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Something was written by this run. */
  get used(): boolean {
    return this.#file !== undefined;
  }

  /** @throws OutputError */
  write(line: JournalLine): void {
    if (this.#file === undefined) this.#open();
    this.#append(line);
  }

  [Symbol.dispose](): void {
    if (this.#file === undefined || this.#untrack === undefined) return;
    this.#untrack();
    this.#untrack = undefined;
    try {
      fsyncSync(this.#file);
    } catch {
      // Best effort: the files themselves are where the lines say.
    }
    closeSync(this.#file);
    // Its first line did not fit on the disk.
    if (this.#bytes === 0) rmSync(this.path, { force: true });
  }

  #open(): void {
    try {
      this.#file = openSync(this.path, 'a');
      ftruncateSync(this.#file, this.#bytes);
    } catch (cause) {
      throw toOutputError(this.path, cause);
    }
    this.#untrack = trackOpen(this, 'journal', this.path);
    if (this.#start !== undefined) this.#append(this.#start);
  }

  /** On a fault (a full disk) the part that was written is cut off again. */
  #append(line: JournalLine): void {
    const file = this.#file;
    if (file === undefined || this.#untrack === undefined) throw new OutputError(this.path, 'the journal is closed');
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      for (let done = 0; done < bytes.length; ) done += this.#files.append(file, bytes.subarray(done));
      this.#bytes += bytes.length;
    } catch (cause) {
      ftruncateSync(file, this.#bytes);
      throw toOutputError(this.path, cause);
    }
  }
}

function getPath(out: string, number: number): string {
  return join(out, number === 1 ? 'collect-journal.jsonl' : `collect-journal-${number}.jsonl`);
}

/** Entry by entry: the target may hold a million files. */
function findLastNumber(out: string): number {
  let last = 0;
  const directory = opendirSync(out, { bufferSize: 512 });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const match = NAME.exec(entry.name);
      if (match) last = Math.max(last, Number(match[1] ?? 1));
    }
  } finally {
    directory.closeSync();
  }
  return last;
}

function readText(file: number, offset: number, length: number): string {
  return readBytes(file, offset, length).toString('utf8');
}

function readBytes(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, bytes, done, length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

type LineSchema = typeof import('./journal-schema.ts').journalLineSchema;

function parseLine(line: string, schema: LineSchema): JournalLine[] {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
