/**
 * `normalize.csv` in the output folder: one line for each input, appended as it is done, rewritten in order at the end. By it a
 * later run knows what is done, and which files are its own.
 */
import { closeSync, fsyncSync, openSync, truncateSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../../utils/atomic-file.ts';
import { formatCsvLine, parseCsvTable } from '../../../utils/csv.ts';
import { trackOpen } from '../../../utils/open-handles.ts';
import { getErrorCode, toOutputError } from '../../../utils/output-error.ts';

export const TABLE_NAME = 'normalize.csv';

const COLUMNS = ['input', 'output', 'kind', 'status', 'reason', 'width', 'height', 'bytes', 'key'] as const;

export interface ResultRow {
  /** Below the folder of inputs, or its path. */
  readonly input: string;
  /** Below the output folder. */
  readonly output: string;
  readonly kind: 'picture' | 'slide';
  /** `started` stands where a run was stopped in the middle of it. */
  readonly status: 'started' | 'normalized' | 'kept' | 'failed';
  /** Why it was kept, or the message of the failure. */
  readonly reason: string;
  /** Pixels; empty where it failed. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly bytes?: number | undefined;
  /** Hash of the input's size and time and of all that has a say in the output; empty where there is no output of ours. */
  readonly key: string;
}

export interface ResultTable extends Disposable {
  /** What earlier runs did, by output. */
  readonly earlier: ReadonlyMap<string, ResultRow>;
  append(row: ResultRow): void;
  /** Rewrites the file: earlier rows and new ones, by output. @throws OutputError */
  finish(): Promise<void>;
}

/** @throws OutputError where the file can't be read or written; SourceError where it is another CSV */
export async function openResultTable(folder: string): Promise<ResultTable> {
  const path = join(folder, TABLE_NAME);
  const header = formatCsvLine(COLUMNS);
  const { rows, soundBytes } = await readRows(path, header);
  const all = new Map(rows);
  let file: number | undefined;
  try {
    file = openSync(path, 'a');
    // A line that was torn when a run died.
    truncateSync(path, soundBytes);
    if (soundBytes === 0) writeSync(file, header);
  } catch (cause) {
    if (file !== undefined) closeSync(file);
    throw toOutputError(path, cause);
  }
  const handle = {};
  const untrack = trackOpen(handle, 'normalize table', path);
  let open = true;
  return {
    earlier: rows,
    append(row) {
      all.set(row.output, row);
      try {
        writeSync(file, formatRow(row));
      } catch (cause) {
        throw toOutputError(path, cause);
      }
    },
    async finish() {
      fsyncSync(file);
      const sorted = [...all.values()].sort((a, b) => (a.output < b.output ? -1 : 1));
      await writeFileAtomic(path, [header, ...sorted.map(formatRow)].join(''), { fsync: true });
    },
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      untrack();
      closeSync(file);
    },
  };
}

function formatRow(row: ResultRow): string {
  return formatCsvLine(COLUMNS.map((column) => row[column]?.toString().replaceAll(/[\r\n]+/g, ' ')));
}

async function readRows(path: string, header: string): Promise<{ rows: Map<string, ResultRow>; soundBytes: number }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    if (getErrorCode(cause) === 'ENOENT') return Buffer.alloc(0);
    throw toOutputError(path, cause);
  });
  const soundBytes = bytes.lastIndexOf('\n') + 1;
  const text = bytes.toString('utf8', 0, soundBytes);
  if (text !== '' && !text.startsWith(header))
    throw toOutputError(path, new Error('is another table: choose another --out, or move it away'));
  const rows = new Map<string, ResultRow>();
  for (const row of parseCsvTable(text, path).rows) {
    const { input = '', output = '', reason = '', key = '' } = row;
    const number = (column: string) => (row[column] ? Number(row[column]) : undefined);
    const size = { width: number('width'), height: number('height'), bytes: number('bytes') };
    const [kind, status] = [row['kind'] as ResultRow['kind'], row['status'] as ResultRow['status']];
    rows.set(output, { input, output, kind, status, reason, ...size, key });
  }
  return { rows, soundBytes };
}
