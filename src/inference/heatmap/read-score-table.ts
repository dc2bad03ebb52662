import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Slide } from '../../slide/slide.ts';
import { parseCsv } from '../../utils/csv.ts';
import { DatasetError, SourceError } from '../../utils/errors.ts';
import { findScoreColumns, type ScoreColumns, SLIDE_COLUMNS } from './find-score-columns.ts';
import type { RawValues } from './patch-values.ts';

export interface ScoreTableOptions {
  /** A column, or a class (of `probability_<class>` or `score_<class>`). */
  readonly value: string | undefined;
  /** Names of the slide, where the table has rows of several. */
  readonly names: readonly string[];
  /** For sides that are given in patch pixels. */
  readonly slide: Pick<Slide, 'levels' | 'mpp'>;
}

/**
 * Reads patches and a number of each from a CSV, line by line: the columns x and y (or x_um and y_um), the number, and what says
 * how large patches are: width and height, or size with mpp or level as `patches` writes them. What is no number counts as none.
 * @throws SourceError where it can't be read; DatasetError for columns that are missing, and places that are no numbers
 */
export async function readScoreTable(path: string, options: ScoreTableOptions): Promise<RawValues> {
  const rows = { x: [], y: [], width: [], height: [], values: [] } as Record<Column, number[]>;
  let columns: ScoreColumns | undefined;
  let line = 0;
  for await (const text of readLines(path)) {
    line++;
    const [fields] = parseCsv(text, path);
    if (!fields) continue;
    if (!columns) columns = findScoreColumns(fields, path, options.value);
    else if (isOfSlide(fields, columns, options.names)) addRow(rows, fields, { columns, path, line, options });
  }
  if (!columns) throw new DatasetError(path, 'an empty file', { reason: 'no-column' });
  const { name, kind, unit } = columns;
  if (rows.values.length === 0 && columns.slide !== undefined)
    throw new DatasetError(path, `no row of the slide ${options.names[0]}`, { reason: 'no-scores' });
  const [x, y, width, height, values] = COLUMNS.map((column) => Float64Array.from(rows[column])) as FiveArrays;
  return { source: path, name, kind, unit, x, y, width, height, values, notices: [] };
}

/** Whether a table says which slide each row is of. @throws SourceError where it can't be read */
export async function namesSlides(path: string): Promise<boolean> {
  for await (const text of readLines(path)) {
    const [header] = parseCsv(text, path);
    if (header) return header.some((name) => SLIDE_COLUMNS.some((column) => column === name.trim().toLowerCase()));
  }
  return false;
}

const COLUMNS = ['x', 'y', 'width', 'height', 'values'] as const;
type Column = (typeof COLUMNS)[number];
type FiveArrays = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

async function* readLines(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, 'utf8');
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause)
      throw new SourceError(path, 'the table of scores can not be read', { cause });
    throw cause;
  } finally {
    stream.destroy();
  }
}

function isOfSlide(fields: readonly string[], { slide }: ScoreColumns, names: readonly string[]): boolean {
  return slide === undefined || names.includes(fields[slide] ?? '');
}

function addRow(
  rows: Record<Column, number[]>,
  fields: readonly string[],
  at: { columns: ScoreColumns; path: string; line: number; options: ScoreTableOptions },
): void {
  const { columns, path, line } = at;
  const read = (column: number | undefined) => {
    const field = column === undefined ? '' : (fields[column]?.trim() ?? '');
    return field === '' ? Number.NaN : Number(field);
  };
  const [x, y] = [read(columns.x), read(columns.y)];
  if (!Number.isFinite(x) || !Number.isFinite(y))
    throw new DatasetError(path, 'x or y is no number', { reason: 'no-place', line });
  const side = columns.width === undefined ? findSpan(at, read) : undefined;
  rows.x.push(x);
  rows.y.push(y);
  rows.width.push(side?.x ?? read(columns.width));
  rows.height.push(side?.y ?? read(columns.height));
  rows.values.push(read(columns.value));
}

/** Level-0 pixels that a patch of `size` pixels spans, by its pixel size or its level. */
function findSpan(
  { columns, options: { slide } }: { columns: ScoreColumns; options: ScoreTableOptions },
  read: (column: number | undefined) => number,
): { x: number; y: number } {
  const size = read(columns.size);
  const mpp = read(columns.mpp);
  const level = slide.levels[read(columns.level)];
  if (level) return { x: size * level.downsample.x, y: size * level.downsample.y };
  return { x: (size * mpp) / (slide.mpp?.x ?? Number.NaN), y: (size * mpp) / (slide.mpp?.y ?? Number.NaN) };
}
