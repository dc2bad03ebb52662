import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseCsvTable } from '../../utils/csv.ts';
import { DatasetError, SourceError } from '../../utils/errors.ts';
import type { ExampleRow, SlideLabel } from './example.ts';
import { type ColumnNames, findColumns } from './find-columns.ts';

export interface ReadRowsOptions {
  /** Folder that relative paths start at. Default: the table's own. */
  root?: string | undefined;
  /** Names of columns, where they are others than `findColumns` looks for. */
  columns?: ColumnNames | undefined;
  /** By slide: for pictures whose own row has no label or patient. */
  slides?: ReadonlyMap<string, SlideLabel> | undefined;
}

/**
 * Reads a table of pictures and labels, such as `train.csv`: a row a picture with its path and label, and the patient or
 * slide where known; or its path and slide, and a table of slides that has the rest.
 * @throws SourceError; DatasetError where a column, a path or a label is missing, or a picture is named twice
 */
export async function readExampleRows(path: string, options: ReadRowsOptions = {}): Promise<ExampleRow[]> {
  const { columns, rows, lines } = parseCsvTable(await readText(path), path);
  const { slides } = options;
  const given = slides ? dropMissing(options.columns, columns) : options.columns;
  const names = findColumns(columns, path, given, ['path', slides ? 'slide' : 'label']);
  const root = options.root ?? dirname(path);
  const seen = new Set<string>();
  return rows.map((row, i) => {
    const line = lines[i] ?? 0;
    const get = (column: string | undefined) => (column === undefined ? '' : (row[column] ?? '').trim());
    const slide = get(names.slide) || undefined;
    const known = slides?.get(slide ?? '');
    const [file, label] = [get(names.path), get(names.label) || (known?.label ?? '')];
    if (file === '') throw new DatasetError(path, 'no path', { reason: 'no-path', line });
    if (label === '') throw new DatasetError(path, 'no label', { reason: 'no-label', line });
    const absolute = resolve(root, file);
    if (seen.has(absolute)) throw new DatasetError(path, `${file} is named twice`, { reason: 'duplicate', line });
    seen.add(absolute);
    const patient = get(names.patient) || known?.patient;
    return { path: absolute, label, patient, slide, table: path, line };
  });
}

/** A column of labels or patients that this table has not is one of the table of slides. */
function dropMissing(given: ColumnNames = {}, columns: readonly string[]): ColumnNames {
  const find = (name: string | undefined) => columns.find((own) => own.toLowerCase() === name?.toLowerCase());
  return { ...given, label: find(given.label), patient: find(given.patient) };
}

export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
}
