import { dirname, resolve } from 'node:path';
import { readPatchTable } from '../../preprocessing/extract-patches/patch-table.ts';
import { parseCsvTable } from '../../utils/csv.ts';
import { DatasetError } from '../../utils/errors.ts';
import type { ExampleRow, SlideLabel } from './example.ts';
import { type ColumnNames, findColumns } from './find-columns.ts';
import { readText } from './read-example-rows.ts';

/**
 * Reads a table of slides with the columns slide, label and patient; either of the last two may be missing.
 * @throws SourceError, DatasetError
 */
export async function readSlideLabels(
  path: string,
  { slide: slideColumn, label, patient }: ColumnNames = {},
): Promise<Map<string, SlideLabel>> {
  const { columns: header, rows, lines } = parseCsvTable(await readText(path), path);
  // Paths and features are in other tables.
  const names = findColumns(header, path, { slide: slideColumn, label, patient }, ['slide']);
  const slides = new Map<string, SlideLabel>();
  for (const [i, row] of rows.entries()) {
    const get = (column: string | undefined) => (column === undefined ? '' : (row[column] ?? '').trim());
    const slide = get(names.slide);
    const at = { line: lines[i] ?? 0 };
    if (slide === '') throw new DatasetError(path, 'no slide', { reason: 'no-slide', ...at });
    if (slides.has(slide))
      throw new DatasetError(path, `the slide ${slide} is named twice`, { reason: 'duplicate', ...at });
    slides.set(slide, { label: get(names.label) || undefined, patient: get(names.patient) || undefined, ...at });
  }
  return slides;
}

export interface PatchTable {
  /** A `patches.csv`. */
  readonly path: string;
  /** Name of its slide, as the table of slides has it. */
  readonly slide: string;
}

/**
 * The patches of several slides as examples. A patch has its own label where `patches.csv` has labels, else its slide's.
 * Patches whose own label is empty are left out: their mask says nothing of them.
 * @throws SourceError; DatasetError where a slide has no label, or patches lie in shards or have no files
 */
export async function readPatchRows(
  tables: readonly PatchTable[],
  slides: ReadonlyMap<string, SlideLabel>,
): Promise<ExampleRow[]> {
  const rows: ExampleRow[] = [];
  for (const { path, slide } of tables) {
    const known = slides.get(slide);
    const labelled = (await readText(path)).split(/\r?\n/, 1)[0]?.split(',').includes('label') === true;
    let line = 1;
    for await (const patch of readPatchTable(path)) {
      line++;
      const label = labelled ? patch.label : known?.label;
      if (label === undefined && labelled) continue;
      if (label === undefined)
        throw new DatasetError(path, `the slide ${slide} has no label`, { reason: 'no-label' }, { hint: LABEL_HINT });
      const file = checkFile(patch.path, { path, line });
      rows.push({ path: resolve(dirname(path), file), label, patient: known?.patient, slide, table: path, line });
    }
  }
  return rows;
}

const LABEL_HINT = 'give a table of slides with the columns slide and label, or cut patches with --mask';

function checkFile(file: string | undefined, { path, line }: { path: string; line: number }): string {
  if (file !== undefined && !/\.tar[\\/]/.test(file)) return file;
  const message = file === undefined ? 'the patch has no file' : `${file} lies in a shard`;
  throw new DatasetError(
    path,
    message,
    { reason: 'no-file', line },
    {
      hint: 'cut the patches as files: training reads them in any order',
    },
  );
}
