import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseCsvTable } from '../../utils/csv.ts';
import { DatasetError, SourceError } from '../../utils/errors.ts';
import type { ExampleRow } from './example.ts';
import { type ColumnNames, findColumns } from './find-columns.ts';

export interface ReadRowsOptions {
  /** Folder that relative paths start at. Default: the table's own. */
  root?: string | undefined;
  /** Names of columns, where they are others than `findColumns` looks for. */
  columns?: ColumnNames | undefined;
}

/**
 * Reads a table of pictures and labels, such as `train.csv`: a row a picture with its path and label, and the patient or
 * slide where known.
 * @throws SourceError; DatasetError where a column, a path or a label is missing, or a picture is named twice
 */
export async function readExampleRows(path: string, options: ReadRowsOptions = {}): Promise<ExampleRow[]> {
  const { columns, rows, lines } = parseCsvTable(await readText(path), path);
  const names = findColumns(columns, path, options.columns);
  const root = options.root ?? dirname(path);
  const seen = new Set<string>();
  return rows.map((row, i) => {
    const line = lines[i] ?? 0;
    const get = (column: string | undefined) => (column === undefined ? '' : (row[column] ?? '').trim());
    const [file, label] = [get(names.path), get(names.label)];
    if (file === '') throw new DatasetError(path, 'no path', { reason: 'no-path', line });
    if (label === '') throw new DatasetError(path, 'no label', { reason: 'no-label', line });
    const absolute = resolve(root, file);
    if (seen.has(absolute)) throw new DatasetError(path, `${file} is named twice`, { reason: 'duplicate', line });
    seen.add(absolute);
    const origin = { patient: get(names.patient) || undefined, slide: get(names.slide) || undefined };
    return { path: absolute, label, ...origin, table: path, line };
  });
}

export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
}
