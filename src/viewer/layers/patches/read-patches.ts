import { DatasetError } from '../../../utils/errors.ts';
import type { PatchRows } from '../../contract.ts';
import { isBlank } from '../../kernels/scan-csv.ts';
import { type GrowingArray, growFloats } from '../growing-array.ts';
import { completeSpans, countBeside } from './complete-spans.ts';
import { createFilter, createLocator, type PatchedSlide, readNumber } from './locate-patch.ts';
import { findPatchColumns, type PatchColumns } from './patch-columns.ts';
import { decodeFields, readRecords, type TableRecord } from './read-records.ts';

/** Rows of a file of rows. */
export const ROWS_CHUNK = 1000;
/** Patches of a slide that are kept, some 50 bytes each. */
export const MAX_PATCHES = 10_000_000;
/** Numbers of a slide's columns in all, 4 bytes each: of more patches the last columns are left out. */
export const MAX_NUMBERS = 100_000_000;

export interface PatchSet {
  readonly count: number;
  /** x, y, width, height of each, level-0 pixels. */
  readonly boxes: Float32Array;
  /** Columns of numbers; NaN where a patch has none. */
  readonly columns: readonly PatchColumn[];
  /** The table says which slide each row is of. */
  readonly ofSlides: boolean;
  readonly notices: readonly string[];
  /** Rows `chunk * ROWS_CHUNK` to the next, as the table has them; undefined past the last. @throws SourceError, DatasetError */
  readRows(chunk: number): Promise<PatchRows | undefined>;
}

export interface PatchColumn {
  readonly name: string;
  readonly values: Float32Array;
  readonly range: readonly [number, number] | null;
}

/**
 * Patches of a table as `patches`, `predict patches`, `predict slides` and others write it. A patch spans `width` x `height`, or `size` pixels
 * at `mpp` or of `level`, else the step of the grid. Rows without a place, and of other slides, are left out. The rows themselves stay
 * in the file.
 * @param names by which the table may call the slide
 * @throws SourceError; DatasetError for what is no such table; MissingMppError for places in microns
 */
export async function readPatches(
  path: string,
  {
    slide,
    names,
    maxNumbers = MAX_NUMBERS,
  }: { slide: PatchedSlide; names: readonly string[]; maxNumbers?: number | undefined },
): Promise<PatchSet> {
  const wanted = names.map((name) => Buffer.from(name));
  let table: OpenTable | undefined;
  await readRecords(path, {
    take(record) {
      if (!table)
        table = createTable(findPatchColumns(decodeFields(record), path), { path, slide, wanted, maxNumbers });
      else table.take(record);
      return true;
    },
  });
  if (!table) throw new DatasetError(path, 'an empty file', { reason: 'no-column' });
  return table.finish();
}

interface OpenTable {
  take(record: TableRecord): void;
  finish(): PatchSet;
}

function createTable(
  columns: PatchColumns,
  {
    path,
    slide,
    wanted,
    maxNumbers,
  }: { path: string; slide: PatchedSlide; wanted: readonly Uint8Array[]; maxNumbers: number },
): OpenTable {
  const boxes = growFloats();
  const chunks: number[] = [];
  const locate = createLocator(columns, slide);
  const isWanted = createFilter(columns, { path, wanted });
  let values = columns.values.map((index) => ({ index, name: columns.names[index] ?? '', numbers: growFloats() }));
  let count = 0;
  let without = 0;
  let cut = 0;
  return {
    take(record) {
      if (!isWanted(record)) return;
      const box = locate(record);
      if (!box) {
        without++;
        return;
      }
      if (count === MAX_PATCHES)
        throw new DatasetError(path, `more than ${MAX_PATCHES} patches`, { reason: 'too-many', line: record.line });
      if (count++ % ROWS_CHUNK === 0) chunks.push(record.offset);
      boxes.pushAll(box);
      for (; count * values.length > maxNumbers; cut++) values.pop();
      let text = false;
      for (const { index, numbers } of values) if (!pushNumber(record, index, numbers)) text = true;
      if (text) values = values.filter(({ numbers }) => numbers.length === count);
    },
    finish() {
      const notices = without > 0 ? [`left out: ${without} without a place`] : [];
      if (cut > 0) notices.push(`left out: the last ${cut} columns, as it has more than ${maxNumbers} numbers`);
      const placed = boxes.finish();
      completeSpans(placed, path, notices);
      const beside = countBeside(placed, slide);
      if (beside > 0) notices.push(`beside the slide: ${beside} of ${count}`);
      const found = values.map(({ name, numbers }) => createColumn(name, numbers.finish()));
      const readRows = (chunk: number) => readChunk(path, { start: chunks[chunk], columns, isWanted, locate });
      const kept = found.filter(({ range }) => range !== null);
      return { count, boxes: placed, columns: kept, ofSlides: columns.slide !== undefined, notices, readRows };
    },
  };
}

/** False where the field is a text: then the column is none of numbers. */
function pushNumber(record: TableRecord, column: number, numbers: GrowingArray<Float32Array>): boolean {
  const value = readNumber(record, column);
  const { bytes, fields } = record;
  if (Number.isNaN(value) && !isBlank(bytes, fields.bounds[2 * column] ?? 0, fields.bounds[2 * column + 1] ?? 0))
    return false;
  numbers.push(Number.isFinite(Math.fround(value)) ? value : Number.NaN);
  return true;
}

function createColumn(name: string, values: Float32Array): PatchColumn {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { name, values, range: low <= high ? [low, high] : null };
}

async function readChunk(
  path: string,
  {
    start,
    columns,
    isWanted,
    locate,
  }: {
    start: number | undefined;
    columns: PatchColumns;
    isWanted: (record: TableRecord) => boolean;
    locate: (record: TableRecord) => Float64Array | undefined;
  },
): Promise<PatchRows | undefined> {
  if (start === undefined) return undefined;
  const rows: string[][] = [];
  await readRecords(path, {
    start,
    take(record) {
      if (isWanted(record) && locate(record)) rows.push(decodeFields(record));
      return rows.length < ROWS_CHUNK;
    },
  });
  return { columns: columns.names, rows };
}
