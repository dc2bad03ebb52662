import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRemoteUrl } from '../io/source/remote-address.ts';
import { createSlideIds } from '../pipeline/slide-inputs.ts';
import type { SlideOptions } from '../slide/settings.ts';
import { type CsvTable, parseCsvTable } from '../utils/csv.ts';
import { OptionError, SourceError } from '../utils/errors.ts';
import { isBelow } from './is-below.ts';

/**
 * Tables by which a folder is known as one that slideloom made: of `run`, `tissue` and `patches`; of `embed`, alone or in a run with
 * a model; of `heatmap`; of `predict slides`. The first that names files says which slides there are.
 */
export const RUN_TABLES = [
  'manifest.csv',
  'features.csv',
  'features/features.csv',
  'heatmaps.csv',
  'predictions.csv',
  'predictions/predictions.csv',
] as const;
export type RunTable = (typeof RUN_TABLES)[number];

/** A table of slides that is longer is one of something else. */
const MAX_TABLE_BYTES = 64 * 2 ** 20;
/** As runs name their folders: no way leads out of it. */
const SLIDE_NAME = /^(?!\.)[\p{L}\p{N}._-]{1,250}$/u;

/** A folder that a command of slideloom made. */
export interface RunFolder {
  /** As given, for messages. */
  readonly input: string;
  /** Without links. */
  readonly path: string;
  readonly tables: readonly RunTable[];
}

/** A slide as a run knows it. */
export interface RunSlide {
  readonly run: RunFolder;
  readonly id: string;
  /** Where it was. */
  readonly path: string;
  /** How the run opened it, where that was not as the slide says. */
  readonly options: Pick<SlideOptions, 'mpp' | 'mppFromObjective'>;
}

/**
 * Undefined for what is none.
 * @throws SourceError for a table that a link leads out of the folder to, unless `followLinks`
 */
export async function findRunFolder(
  input: string,
  { followLinks }: { readonly followLinks: boolean },
): Promise<RunFolder | undefined> {
  if (isRemoteUrl(input)) return undefined;
  const found = await Promise.all(RUN_TABLES.map((table) => isFile(join(input, table))));
  const tables = RUN_TABLES.filter((_, index) => found[index]);
  if (tables.length === 0) return undefined;
  const path = await realpath(input);
  for (const table of followLinks ? [] : tables)
    if (!isBelow(await realpath(join(path, table)), path))
      throw new SourceError(join(input, table), 'a link leads out of the folder', {
        hint: 'to read it all the same: --follow-links (library: followLinks)',
      });
  return { input, path, tables };
}

/**
 * In the order of the first table that says where slides are; none where no table does (predictions from features alone).
 * @throws SourceError for a table that can't be read, OptionError for names that no run gives
 */
export async function listRunSlides(run: RunFolder): Promise<RunSlide[]> {
  for (const name of run.tables) {
    const table = await readRunTable(run, name);
    if (!table?.columns.includes('path')) continue;
    const rows = table.rows.filter(({ path }) => path);
    if (rows.length === 0) continue;
    const made = createSlideIds(rows.map(({ path = '' }) => path));
    const slides = rows.map(async (row, index): Promise<RunSlide> => {
      const id = row['slide'] || (made[index] ?? '');
      if (!SLIDE_NAME.test(id))
        throw new OptionError('slides', `names of slides as a run gives them in ${join(run.input, name)}`, id);
      const options = table.columns.includes('mpp_source') ? readRowOptions(row) : await readRecordOptions(run, id);
      return { run, id, path: row['path'] ?? '', options };
    });
    return Promise.all(slides);
  }
  return [];
}

/** Undefined for a table of something else, such as of patches. @throws SourceError */
export async function readRunTable(run: RunFolder, name: RunTable): Promise<CsvTable | undefined> {
  const path = join(run.path, name);
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new SourceError(path, 'the table can not be read', { cause });
  });
  // Pictures have as many rows as there are patches.
  if (size > MAX_TABLE_BYTES) return undefined;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SourceError(path, 'the table can not be read', { cause });
  });
  const header = text.slice(0, text.search(/[\r\n]|$/)).split(',');
  // Predictions of pictures say where these are, and of patches where on the slide.
  const pictures = header.includes('x') || (header.includes('path') && name.endsWith('predictions.csv'));
  if (pictures || !header.some((column) => column === 'slide' || column === 'path')) return undefined;
  return parseCsvTable(text, join(run.input, name));
}

function readRowOptions(row: Readonly<Record<string, string>>): RunSlide['options'] {
  return chooseOptions({ source: row['mpp_source'], x: Number(row['mpp_x']), y: Number(row['mpp_y']) });
}

/** Of the tissue: what every run with a model begins with. */
async function readRecordOptions({ path }: RunFolder, id: string): Promise<RunSlide['options']> {
  for (const folder of [join('features', id), id]) {
    const text = await readFile(join(path, folder, 'tissue', 'record.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) return chooseOptions(parseSlideMpp(text));
  }
  return {};
}

/** A record that is damaged says nothing. */
function parseSlideMpp(text: string): { source?: unknown; x?: unknown; y?: unknown } {
  try {
    const record = JSON.parse(text) as { options?: { slideMpp?: object | null } } | null;
    return record?.options?.slideMpp ?? {};
  } catch {
    return {};
  }
}

function chooseOptions({ source, x, y }: { source?: unknown; x?: unknown; y?: unknown }): RunSlide['options'] {
  if (source === 'objective') return { mppFromObjective: true };
  const given = source === 'override' && typeof x === 'number' && typeof y === 'number' && x > 0 && y > 0;
  return given ? { mpp: { x, y } } : {};
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
