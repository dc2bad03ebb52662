/** A stage at work in its folder: it journals what is finished and ends in a record. Made by `openStage`. */
import { type Journal, type JournalItem, openJournal, removeJournal } from './journal.ts';
import { createRunClock, describeRunError, type RunClock } from './run-clock.ts';
import { type BadTile, type OutputFile, RECORD_SCHEMA, type RunRecord, writeRecord } from './run-record.ts';

export interface StageResult {
  /** Numbers of the stage: patches written, skipped, tissue share. */
  counts?: Readonly<Record<string, number>>;
  /** Sorted by path in the record, as workers finish in any order. */
  outputs?: readonly OutputFile[];
  badTiles?: readonly BadTile[];
  /** What the stage decided on the user's behalf. */
  notices?: readonly string[];
  /** A word where "done" is not all: `no-tissue`. */
  outcome?: string;
}

export interface StageRun extends Disposable {
  readonly folder: string;
  /** Items that an earlier run finished and whose files are still there, by index; on a fresh run those that `onFresh` gave. */
  readonly finished: ReadonlyMap<number, JournalItem>;
  /** Journals finished items, in one write: call it with a batch, after their files are in place. @throws OutputError */
  append(items: readonly JournalItem[]): void;
  /** Says which files, below the folder, are about to be written; see `journal.ts`. @throws OutputError */
  announce(paths: readonly string[]): void;
  /** Ends the stage as done: writes the record, removes the journal. @throws OutputError */
  finish(result?: StageResult): Promise<RunRecord>;
  /** Ends the stage as failed. The journal stays: the next run goes on from it. @throws OutputError */
  fail(error: unknown, result?: StageResult): Promise<RunRecord>;
}

/** The members of a record that are known before the stage runs. */
export type StageIdentity = Pick<RunRecord, 'stage' | 'slideloom' | 'input' | 'options' | 'optionsHash'>;

export interface StageStart {
  readonly folder: string;
  readonly identity: StageIdentity;
  /** Outputs that the earlier record lists: they stay, and are announced, so that they are never orphaned. */
  readonly inherited: readonly string[];
  /** Of a resumed run. */
  readonly finished?: ReadonlyMap<number, JournalItem>;
  /** Of a fresh run: what counts on of an earlier one. */
  readonly carried?: readonly JournalItem[];
  /** Bytes of the journal that are kept. Default 0. */
  readonly soundBytes?: number;
  readonly resumedFrom?: RunRecord['volatile']['resumedFrom'];
}

/** Writes the record with status `running` and opens the journal. An undisposed run that dies now is resumed later. */
export async function startStage(start: StageStart): Promise<StageRun> {
  const run = new RecordedRun(start);
  try {
    await run.begin();
  } catch (error) {
    run[Symbol.dispose]();
    throw error;
  }
  return run;
}

class RecordedRun implements StageRun {
  readonly folder: string;
  readonly finished: ReadonlyMap<number, JournalItem>;
  readonly #start: StageStart;
  readonly #journal: Journal;
  readonly #clock: RunClock;

  constructor(start: StageStart) {
    this.folder = start.folder;
    this.finished = start.finished ?? new Map(start.carried?.map((item) => [item.index, item]));
    this.#start = start;
    this.#clock = createRunClock(start.resumedFrom);
    this.#journal = openJournal(start.folder, start.soundBytes);
  }

  async begin(): Promise<void> {
    this.#journal.announce(this.#start.inherited);
    this.#journal.append(this.#start.carried ?? []);
    await writeRecord(this.folder, this.#describe('running', {}));
  }

  append(items: readonly JournalItem[]): void {
    this.#journal.append(items);
  }

  announce(paths: readonly string[]): void {
    this.#journal.announce(paths);
  }

  async finish(result: StageResult = {}): Promise<RunRecord> {
    const record = this.#describe('done', result);
    await writeRecord(this.folder, record);
    this[Symbol.dispose]();
    await removeJournal(this.folder);
    return record;
  }

  async fail(error: unknown, result: StageResult = {}): Promise<RunRecord> {
    const record: RunRecord = { ...this.#describe('failed', result), error: describeRunError(error) };
    this[Symbol.dispose]();
    await writeRecord(this.folder, record);
    return record;
  }

  [Symbol.dispose](): void {
    this.#journal.close();
    this.#clock[Symbol.dispose]();
  }

  #describe(status: RunRecord['status'], result: StageResult): RunRecord {
    const { counts = {}, outputs = [], badTiles = [], notices = [], outcome } = result;
    return {
      schema: RECORD_SCHEMA,
      ...this.#start.identity,
      status,
      ...(outcome === undefined ? {} : { outcome }),
      counts: { ...counts },
      badTiles: [...badTiles].sort((a, b) => a.level - b.level || a.row - b.row || a.col - b.col),
      outputs: outputs.map(toOutput).sort((a, b) => compareText(a.path, b.path)),
      notices: [...notices],
      volatile: this.#clock.measure(status !== 'running'),
    };
  }
}

/** Journal items fit where outputs are asked for; their further members stay out of the record. */
function toOutput({ path, size, sha256 }: OutputFile): OutputFile {
  return { path, size, sha256 };
}

/** By code unit, the same on every machine; `localeCompare` is not. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
