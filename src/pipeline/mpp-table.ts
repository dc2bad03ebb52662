import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import { getRemoteFileName, hideSecrets, isRemoteUrl } from '../io/source/remote-address.ts';
import type { MppOption } from '../slide/mpp.ts';
import { type CsvTable, parseCsvTable } from '../utils/csv.ts';
import { SourceError } from '../utils/errors.ts';
import { getSlideStem } from './slide-stem.ts';

/** Columns that name the slide: ours, and that of TRIDENT's lists. */
const NAME_COLUMNS = ['slide', 'wsi'] as const;

const MPP_COLUMNS = ['mpp', 'mpp_x', 'mpp_y'] as const;

/** Rows that a message names. */
const MOST_SHOWN = 5;

/** A CSV that names slides, with its columns found. */
export interface SlideTable extends CsvTable {
  readonly file: string;
  readonly nameColumn: (typeof NAME_COLUMNS)[number];
}

/** @throws SourceError where the file can't be read, is no CSV, or has not exactly one column that names slides */
export async function readSlideTable(file: string): Promise<SlideTable> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SourceError(file, 'the list of slides can not be read', { cause });
  });
  const table = parseCsvTable(text, file);
  const [nameColumn, other] = NAME_COLUMNS.filter((name) => table.columns.includes(name));
  if (!nameColumn) throw new SourceError(file, `no column "slide" in its first line`);
  if (other)
    throw new SourceError(file, 'a column "slide" and a column "wsi" in its first line: only one may name slides');
  checkMppColumns(file, table.columns);
  return { ...table, file, nameColumn };
}

function checkMppColumns(file: string, columns: readonly string[]): void {
  const [both, x, y] = MPP_COLUMNS.map((name) => columns.includes(name));
  if (x !== y) throw new SourceError(file, `a column "mpp_${x ? 'x' : 'y'}" without "mpp_${x ? 'y' : 'x'}"`);
  if (both && x)
    throw new SourceError(file, 'a column "mpp" beside "mpp_x" and "mpp_y": the pixel size is given twice');
}

/** The pixel size of one row; undefined where its fields are empty. @throws SourceError with the line */
export function readRowMpp({ file, rows, lines }: SlideTable, index: number): MppOption | undefined {
  const row = rows[index] ?? {};
  const values = MPP_COLUMNS.filter((name) => row[name] !== undefined).map((name) => ({ name, text: row[name] ?? '' }));
  if (values.every(({ text }) => text.trim() === '')) return undefined;
  const [x, y] = values.map(({ name, text }) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value > 0) return value;
    throw new SourceError(file, `line ${lines[index]}: ${name} is "${text}", expected a number above 0`);
  });
  if (x === undefined) return undefined;
  return y === undefined ? x : { x, y };
}

/** Pixel sizes of single slides. */
export interface MppTable {
  readonly file: string;
  /** That of the row that names the slide most exactly; undefined where none does. */
  find(path: string): MppOption | undefined;
  /** Rows that name none of these slides, in order: a name that is misspelt, or a slide of another run. */
  listUnmatched(paths: readonly string[]): { readonly name: string; readonly line: number }[];
}

/**
 * Pixel sizes of single slides, from a CSV with the columns `slide` (or TRIDENT's `wsi`) and `mpp`, or `mpp_x` and `mpp_y`,
 * and no other: a misspelt column would be a pixel size that is passed over in silence. A row is for the slides of that
 * path (from the CSV's folder, or absolute) or address, else of that file name, else of that name without extension.
 * @throws SourceError with the line, also for a slide that is named twice
 */
export async function readMppTable(file: string): Promise<MppTable> {
  const table = await readSlideTable(file);
  const known: readonly string[] = [table.nameColumn, ...MPP_COLUMNS];
  const unknown = table.columns.find((column) => !known.includes(column));
  if (unknown !== undefined) throw new SourceError(file, `line 1: "${unknown}" is no column of a table of pixel sizes`);
  if (!table.columns.some((column) => column.startsWith('mpp')))
    throw new SourceError(file, 'no column "mpp", nor "mpp_x" and "mpp_y", in its first line');
  const folder = dirname(resolve(file));
  const sizes = new Map<string, { mpp: MppOption; name: string; line: number }>();
  for (const [index, row] of table.rows.entries()) {
    const name = (row[table.nameColumn] ?? '').trim();
    const line = table.lines[index] ?? 0;
    if (name === '') throw new SourceError(file, `line ${line}: no slide is named`);
    const key = toKey(name, folder);
    const earlier = sizes.get(key);
    if (earlier) throw new SourceError(file, `line ${line}: "${name}" was named before, in line ${earlier.line}`);
    const mpp = readRowMpp(table, index);
    if (mpp === undefined) throw new SourceError(file, `line ${line}: no pixel size for "${name}"`);
    sizes.set(key, { mpp, name, line });
  }
  return {
    file,
    find(path) {
      const found = listNames(path).find((name) => sizes.has(name));
      return found === undefined ? undefined : sizes.get(found)?.mpp;
    },
    listUnmatched(paths) {
      const names = new Set(paths.flatMap(listNames));
      return [...sizes].filter(([key]) => !names.has(key)).map(([, { name, line }]) => ({ name, line }));
    },
  };
}

/** Names the first few of the rows that no slide of the run has; undefined where there is none. */
export function describeUnmatched(table: MppTable, paths: readonly string[]): string | undefined {
  const rows = table.listUnmatched(paths);
  if (rows.length === 0) return undefined;
  const shown = rows.slice(0, MOST_SHOWN).map(({ name, line }) => `line ${line} "${name}"`);
  const more = rows.length > MOST_SHOWN ? ` and ${rows.length - MOST_SHOWN} more` : '';
  const count = rows.length === 1 ? 'a row names' : `${rows.length} rows name`;
  return `${table.file}: ${count} none of the slides: ${shown.join(', ')}${more}`;
}

/** A path is one from the table's folder, however it is written (`./a.svs`); a name alone stays one. */
function toKey(name: string, folder: string): string {
  const isPath = !isRemoteUrl(name) && (name.includes('/') || name.includes(sep));
  return isPath ? resolve(folder, name) : name;
}

/** What a row may call a slide, most exact first. */
function listNames(path: string): string[] {
  const remote = isRemoteUrl(path);
  const name = remote ? getRemoteFileName(path) : basename(path);
  const places = remote ? [path, hideSecrets(path)] : [resolve(path)];
  return [...places, name, name.replace(/(\.ome)?\.[^.]+$/i, ''), getSlideStem(path)];
}
