import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DatasetError, SourceError } from '../../utils/errors.ts';
import type { ExampleRow } from '../data/example.ts';
import { readExampleRows } from '../data/read-example-rows.ts';
import { type PatchTable, readPatchRows, readSlideLabels } from '../data/read-patch-rows.ts';
import type { Phase1Settings } from './options.ts';

const PATCH_TABLE = 'patches.csv';

export interface ReadRows {
  readonly rows: readonly ExampleRow[];
  /** The tables that they are from. */
  readonly tables: readonly string[];
}

/**
 * Rows of a table of pictures, of a `patches.csv`, or of a folder of slides whose patches slideloom has cut
 * (`<slide>/patches/patches.csv`).
 * @throws SourceError, DatasetError
 */
export async function readRows(path: string, settings: Phase1Settings): Promise<ReadRows> {
  const { root, columns, slideLabels } = settings;
  const status = await stat(path).catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const slides = slideLabels === undefined ? undefined : await readSlideLabels(slideLabels, columns);
  const more = slideLabels === undefined ? [] : [slideLabels];
  const isPatches = basename(path) === PATCH_TABLE;
  if (!status.isDirectory() && !isPatches)
    return { rows: await readExampleRows(path, { root, columns, slides }), tables: [path, ...more] };
  const tables = isPatches ? [{ path, slide: getSlideName(path) }] : await findPatchTables(path);
  if (tables.length === 0)
    throw new DatasetError(
      path,
      'no slide with patches/patches.csv',
      { reason: 'empty' },
      { hint: 'cut patches first' },
    );
  const rows = await readPatchRows(tables, slides ?? new Map());
  return { rows, tables: [...tables.map((table) => table.path), ...more] };
}

/** `<slide>/patches/patches.csv`, or `<slide>/patches.csv`. */
function getSlideName(path: string): string {
  const folder = dirname(resolve(path));
  return basename(basename(folder) === 'patches' ? dirname(folder) : folder);
}

/** By the names of the slides. */
async function findPatchTables(folder: string): Promise<PatchTable[]> {
  const slides = (await readdir(folder)).sort();
  const tables = slides.map((slide) => ({ slide, path: join(folder, slide, 'patches', PATCH_TABLE) }));
  return tables.filter(({ path }) => existsSync(path));
}
