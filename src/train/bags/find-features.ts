import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { openFileSource } from '../../io/source/file-source.ts';
import { parseCsvTable } from '../../utils/csv.ts';
import { DatasetError, SourceError } from '../../utils/errors.ts';
import { type ColumnNames, findColumns } from '../data/find-columns.ts';
import { readText } from '../data/read-example-rows.ts';

/** Where the features of one slide are. */
export interface FeatureRow {
  readonly slide: string;
  /** Absolute path of the file; undefined where the slide has none. */
  readonly features: string | undefined;
  /** Of the slide itself, as the table says it. */
  readonly path: string | undefined;
  /** Why there are no features, as the table says it: `no-patches`, or an error. */
  readonly problem: string | undefined;
  /** Table or folder that it is from, and the line of a table from 1. */
  readonly table: string;
  readonly line: number | undefined;
}

export const FEATURE_TABLE = 'features.csv';
const EXTENSIONS: readonly string[] = ['.safetensors', '.h5', '.hdf5'];

/**
 * The feature files of slides: of a folder that `embed` has filled (`features.csv`), of a table with the columns slide and features
 * (or path), of a folder of feature files of any layout, whose names are those of the slides, or one such file.
 * @returns in the order of the table, or of the names
 * @throws SourceError; DatasetError where there are none, or a slide is named twice
 */
export async function findFeatures(source: string, columns?: ColumnNames): Promise<FeatureRow[]> {
  const status = await stat(source).catch((cause: unknown) => {
    throw new SourceError(source, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const rows = status.isDirectory() ? await readFolder(source, columns) : await readOne(source, columns);
  if (rows.length === 0)
    throw new DatasetError(
      source,
      'no features of slides',
      { reason: 'empty' },
      { hint: `give the folder that embed has filled, or files of ${EXTENSIONS.join(', ')}` },
    );
  checkTwice(rows);
  return rows;
}

/** Whether a path is that of a feature file, by its name. */
export function isFeatureFile(path: string): boolean {
  return EXTENSIONS.includes(extname(path).toLowerCase());
}

async function readFolder(folder: string, columns: ColumnNames | undefined): Promise<FeatureRow[]> {
  const table = join(folder, FEATURE_TABLE);
  if (existsSync(table)) return readTable(table, columns);
  const names = (await readdir(folder)).filter(isFeatureFile).sort();
  return names.map((name) => createRow(join(folder, name), folder));
}

async function readOne(path: string, columns: ColumnNames | undefined): Promise<FeatureRow[]> {
  if (isFeatureFile(path)) return [createRow(path, path)];
  if (await isText(path)) return readTable(path, columns);
  throw new SourceError(path, `neither a table nor a file of ${EXTENSIONS.join(', ')}`, {
    hint: 'give what embed has left; slides have to be embedded first (`predict slides`: --backbone)',
  });
}

/** Slides and models have zeros in their first bytes; they may be larger than a text can be. */
async function isText(path: string): Promise<boolean> {
  await using source = await openFileSource(path);
  return !(await source.read(0, Math.min(1024, source.size))).includes(0);
}

function createRow(path: string, table: string): FeatureRow {
  const slide = basename(path, extname(path));
  return { slide, features: resolve(path), path: undefined, problem: undefined, table, line: undefined };
}

async function readTable(table: string, columns: ColumnNames = {}): Promise<FeatureRow[]> {
  const { columns: header, rows, lines } = parseCsvTable(await readText(table), table);
  // Labels and patients are in another table, whose column of slides may have a name of its own.
  const slide = header.find((name) => name.toLowerCase() === columns.slide?.toLowerCase());
  const given = { slide, features: columns.features, path: columns.path };
  const names = findColumns(header, table, given, ['slide']);
  // Of a table without such a column the path is that of the features.
  const features = names.features ?? names.path;
  if (features === undefined) findColumns(header, table, given, ['features']);
  return rows.map((row, i): FeatureRow => {
    const get = (column: string | undefined) => (column === undefined ? '' : (row[column] ?? '').trim()) || undefined;
    const line = lines[i] ?? 0;
    const name = get(names.slide);
    if (name === undefined) throw new DatasetError(table, 'no slide', { reason: 'no-slide', line });
    const file = get(features);
    const problem = file === undefined ? (get('error') ?? get('status') ?? 'no features') : undefined;
    const path = names.features === undefined ? undefined : get(names.path);
    return { slide: name, features: file && resolve(dirname(table), file), path, problem, table, line };
  });
}

function checkTwice(rows: readonly FeatureRow[]): void {
  const seen = new Map<string, FeatureRow>();
  for (const row of rows) {
    const { slide, table, line, features } = row;
    const first = seen.get(slide);
    if (first)
      throw new DatasetError(
        table,
        `the slide ${slide} is named twice: ${first.features ?? 'without features'}, ${features ?? 'without features'}`,
        { reason: 'duplicate', line },
        { hint: 'leave one of them out' },
      );
    seen.set(slide, row);
  }
}
