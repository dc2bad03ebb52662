import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { type ColumnNames, findColumns } from '../../train/data/find-columns.ts';
import { readText } from '../../train/data/read-example-rows.ts';
import { parseCsvTable } from '../../utils/csv.ts';
import { DatasetError, SourceError } from '../../utils/errors.ts';
import { sha256 } from '../../utils/hash.ts';
import type { PictureInputOptions } from './options.ts';
import type { PictureRow, PictureTable } from './picture-row.ts';
import { placeInShards } from './shard-pictures.ts';

const PICTURES = ['.png', '.jpg', '.jpeg', '.webp'];
const PATCHES = 'patches';
const PATCH_TABLE = 'patches.csv';
const INPUT_COLUMN = 'input';

/** One table, or one folder's listing. */
interface Part {
  readonly columns: readonly string[];
  readonly rows: readonly PictureRow[];
  /** What it was read from. */
  readonly text: string;
}

/**
 * Pictures of tables, folders and output folders of `patches`, in the order of the inputs; those of a folder sorted by path.
 * Columns of all tables are kept; where there are several inputs, a first column says which one a picture is of.
 * @throws SourceError, DatasetError where there are no pictures, or a table has no column of paths
 */
export async function readPictures(
  inputs: readonly string[],
  options: Omit<PictureInputOptions, 'input'>,
): Promise<PictureTable> {
  const parts: Part[] = [];
  for (const input of inputs) {
    const found = await readInput(input, options);
    parts.push(...(inputs.length > 1 ? found.map((part) => nameInput(part, input)) : found));
  }
  const columns = [...new Set(parts.flatMap((part) => part.columns))];
  const rows = parts.flatMap((part) => alignRows(part, columns));
  if (rows.length === 0) throw createEmptyError(inputs.join(', '));
  const texts = parts.map(({ text }) => text);
  return { columns, rows, hash: sha256(texts.map(sha256).join('\n')), size: Buffer.byteLength(texts.join('')) };
}

async function readInput(input: string, options: Omit<PictureInputOptions, 'input'>): Promise<Part[]> {
  const status = await stat(input).catch((cause: unknown) => {
    throw new SourceError(input, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (status.isDirectory()) return readFolder(input);
  if (PICTURES.includes(extname(input).toLowerCase())) return [listFiles(dirname(input), [basename(input)])];
  return [await readTable(input, { columns: options.columns, root: options.root ?? dirname(input) })];
}

async function readFolder(folder: string): Promise<Part[]> {
  if (existsSync(join(folder, PATCH_TABLE))) return [await readPatches(folder)];
  const slides = (await readdir(folder)).sort();
  const tables = slides
    .map((slide) => join(folder, slide, PATCHES))
    .filter((one) => existsSync(join(one, PATCH_TABLE)));
  if (tables.length > 0) return Promise.all(tables.map(readPatches));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && PICTURES.includes(extname(entry.name).toLowerCase()))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  if (files.length === 0) throw createEmptyError(folder);
  return [listFiles(folder, files)];
}

/** Patches of one slide, which is named in a column of its own. */
async function readPatches(folder: string): Promise<Part> {
  const path = join(folder, PATCH_TABLE);
  const own = resolve(folder);
  const slide = basename(basename(own) === PATCHES ? dirname(own) : own);
  const part = await readTable(path, { columns: undefined, root: folder, slide });
  return { ...part, columns: ['slide', ...part.columns] };
}

async function readTable(
  path: string,
  { columns, root, slide }: { columns: ColumnNames | undefined; root: string; slide?: string },
): Promise<Part> {
  const text = await readText(path);
  const table = parseCsvTable(text, path);
  const names = findColumns(table.columns, path, columns, ['path']);
  const rows = table.rows.map((row, i): PictureRow => {
    const get = (column: string | undefined) => (column === undefined ? '' : (row[column] ?? '').trim());
    const file = get(names.path);
    if (file === '') throw new DatasetError(path, 'no path', { reason: 'no-path', line: table.lines[i] ?? 0 });
    const cells = table.columns.map((column) => row[column] ?? '');
    return {
      ...{ path: resolve(root, file), name: resolve(root, file) },
      ...{ label: 0, answer: get(names.label) || undefined },
      patient: get(names.patient) || undefined,
      slide: slide ?? (get(names.slide) || undefined),
      cells: slide === undefined ? cells : [slide, ...cells],
    };
  });
  return { columns: table.columns, rows: await placeInShards(rows), text };
}

function listFiles(folder: string, files: readonly string[]): Part {
  const rows = files.map((file): PictureRow => {
    const origin = { patient: undefined, slide: undefined };
    const path = resolve(folder, file);
    return { path, name: path, label: 0, answer: undefined, ...origin, cells: [file] };
  });
  return { columns: ['path'], rows, text: files.join('\n') };
}

/** Folders and tables may have pictures of the same names. */
function nameInput({ columns, rows, text }: Part, input: string): Part {
  const own = columns.map((name) => name !== INPUT_COLUMN);
  return {
    columns: [INPUT_COLUMN, ...columns.filter((_, at) => own[at])],
    rows: rows.map((row) => ({ ...row, cells: [input, ...row.cells.filter((_, at) => own[at])] })),
    text,
  };
}

/** Cells in the order of all columns; empty where a part does not have one. */
function alignRows({ columns, rows }: Part, all: readonly string[]): readonly PictureRow[] {
  if (columns.join() === all.join()) return rows;
  const places = all.map((name) => columns.indexOf(name));
  return rows.map((row) => ({ ...row, cells: places.map((at) => row.cells[at] ?? '') }));
}

function createEmptyError(source: string): DatasetError {
  return new DatasetError(
    source,
    'no pictures',
    { reason: 'empty' },
    { hint: 'give a CSV with a column path, a folder of PNG, JPEG or WebP files, or an output folder of patches' },
  );
}
