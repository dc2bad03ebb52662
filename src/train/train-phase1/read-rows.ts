import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError, SourceError } from '../../utils/errors.ts';
import type { ExampleRow } from '../data/example.ts';
import { readExampleRows } from '../data/read-example-rows.ts';
import { type PatchTable, readPatchRows, readSlideLabels } from '../data/read-patch-rows.ts';
import type { Phase1Settings } from './options.ts';

export interface ReadRows {
  readonly rows: readonly ExampleRow[];
  /** The tables that they are from. */
  readonly tables: readonly string[];
}

/**
 * Rows of a table of pictures, or of a folder of slides whose patches slideloom has cut (`<slide>/patches/patches.csv`).
 * @throws SourceError, DatasetError
 */
export async function readRows(path: string, settings: Phase1Settings): Promise<ReadRows> {
  const { root, columns, slideLabels } = settings;
  const status = await stat(path).catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (!status.isDirectory()) return { rows: await readExampleRows(path, { root, columns }), tables: [path] };
  const slides = slideLabels === undefined ? new Map() : await readSlideLabels(slideLabels, columns);
  const tables = await findPatchTables(path);
  if (tables.length === 0)
    throw new DatasetError(
      path,
      'no slide with patches/patches.csv',
      { reason: 'empty' },
      { hint: 'cut patches first' },
    );
  const rows = await readPatchRows(tables, slides);
  return { rows, tables: [...tables.map((table) => table.path), ...(slideLabels === undefined ? [] : [slideLabels])] };
}

/** By the names of the slides. */
async function findPatchTables(folder: string): Promise<PatchTable[]> {
  const slides = (await readdir(folder)).sort();
  const tables = slides.map((slide) => ({ slide, path: join(folder, slide, 'patches', 'patches.csv') }));
  return tables.filter(({ path }) => existsSync(path));
}
