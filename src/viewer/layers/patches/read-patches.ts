import { findStep } from '../../../inference/heatmap/place-values.ts';
import { DatasetError, MissingMppError } from '../../../utils/errors.ts';
import type { PatchRows } from '../../contract.ts';
import { isBlank, parseNumber } from '../../kernels/scan-csv.ts';
import { type GrowingArray, growFloats } from '../growing-array.ts';
import { findPatchColumns, type PatchColumns } from './patch-columns.ts';
import { decodeFields, readRecords, type TableRecord } from './read-records.ts';

/** Rows of a file of rows. */
export const ROWS_CHUNK = 1000;
/** Patches of a slide that are kept, some 50 bytes each. */
export const MAX_PATCHES = 10_000_000;

/** What is asked of the slide that patches lie on. */
export interface PatchedSlide {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  readonly levels: readonly { readonly downsample: { readonly x: number; readonly y: number } }[];
}

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
  { slide, names }: { slide: PatchedSlide; names: readonly string[] },
): Promise<PatchSet> {
  const wanted = names.map((name) => Buffer.from(name));
  let table: OpenTable | undefined;
  await readRecords(path, {
    take(record) {
      if (!table) table = createTable(findPatchColumns(decodeFields(record), path), { path, slide, wanted });
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
  { path, slide, wanted }: { path: string; slide: PatchedSlide; wanted: readonly Uint8Array[] },
): OpenTable {
  const boxes = growFloats();
  const chunks: number[] = [];
  const locate = createLocator(columns, slide);
  const isWanted = createFilter(columns, { path, wanted });
  let values = columns.values.map((index) => ({ index, name: columns.names[index] ?? '', numbers: growFloats() }));
  let count = 0;
  let without = 0;
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
      let text = false;
      for (const { index, numbers } of values) if (!pushNumber(record, index, numbers)) text = true;
      if (text) values = values.filter(({ numbers }) => numbers.length === count);
    },
    finish() {
      const notices = without > 0 ? [`left out: ${without} without a place`] : [];
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

/** Whether a row is of the slide. @throws DatasetError for one that has not a field for each column */
function createFilter(
  { names, slide }: PatchColumns,
  { path, wanted }: { path: string; wanted: readonly Uint8Array[] },
): (record: TableRecord) => boolean {
  return ({ bytes, fields, line }) => {
    if (fields.count !== names.length)
      throw new DatasetError(path, `${fields.count} fields, the header has ${names.length}`, {
        reason: 'damaged',
        line,
      });
    if (slide === undefined) return true;
    const [start = 0, stop = 0] = [fields.bounds[2 * slide], fields.bounds[2 * slide + 1]];
    return wanted.some(
      (name) => stop - start === name.length && Buffer.compare(bytes.subarray(start, stop), name) === 0,
    );
  };
}

/** The corner and the sides of a row's patch: NaN for sides that it does not say. Undefined without a corner. */
function createLocator(columns: PatchColumns, slide: PatchedSlide) {
  const { unit, x, y, width, height, size, mpp, level } = columns;
  if (unit === 'um' && !slide.mpp) throw new MissingMppError(slide.name, 'placing patches by microns');
  const scale = unit === 'um' && slide.mpp ? { x: 1 / slide.mpp.x, y: 1 / slide.mpp.y } : { x: 1, y: 1 };
  const pixel = slide.mpp ?? { x: Number.NaN, y: Number.NaN };
  const box = new Float64Array(4);
  return (record: TableRecord): Float64Array | undefined => {
    box[0] = readNumber(record, x) * scale.x;
    box[1] = readNumber(record, y) * scale.y;
    if (!Number.isFinite(box[0]) || !Number.isFinite(box[1])) return undefined;
    if (width === undefined) {
      const side = readNumber(record, size);
      const found = slide.levels[readNumber(record, level)]?.downsample;
      const microns = readNumber(record, mpp);
      box[2] = side * (found?.x ?? microns / pixel.x);
      box[3] = side * (found?.y ?? microns / pixel.y);
    } else {
      box[2] = readNumber(record, width) * scale.x;
      box[3] = readNumber(record, height ?? width) * scale.y;
    }
    return box;
  };
}

function readNumber({ bytes, fields: { bounds } }: TableRecord, column: number | undefined): number {
  return column === undefined ? Number.NaN : parseNumber(bytes, bounds[2 * column] ?? 0, bounds[2 * column + 1] ?? 0);
}

/** False where the field is a text: then the column is none of numbers. */
function pushNumber(record: TableRecord, column: number, numbers: GrowingArray<Float32Array>): boolean {
  const value = readNumber(record, column);
  const { bytes, fields } = record;
  if (Number.isNaN(value) && !isBlank(bytes, fields.bounds[2 * column] ?? 0, fields.bounds[2 * column + 1] ?? 0))
    return false;
  numbers.push(Number.isFinite(value) ? value : Number.NaN);
  return true;
}

/** Patches that do not say what they span are as wide as the step of their grid. @throws DatasetError where they have none */
function completeSpans(boxes: Float32Array, path: string, notices: string[]): void {
  const open = (at: number) => !((boxes[at] ?? 0) > 0);
  let missing = false;
  for (let at = 0; at < boxes.length && !missing; at += 4) missing = open(at + 2) || open(at + 3);
  if (!missing) return;
  const pick = (from: number) =>
    Float64Array.from({ length: boxes.length / 4 }, (_, row) => boxes[4 * row + from] ?? 0);
  const step = findStep(pick(0), pick(1));
  if (step === undefined)
    throw new DatasetError(
      path,
      'it does not say what a patch spans, and its patches form no grid',
      { reason: 'no-span' },
      { hint: 'give columns width and height, in level-0 pixels' },
    );
  notices.push(`patches are taken to span ${step} px, the step of their grid`);
  for (let at = 0; at < boxes.length; at += 4) for (const side of [at + 2, at + 3]) if (open(side)) boxes[side] = step;
}

function countBeside(boxes: Float32Array, { width, height }: PatchedSlide): number {
  let count = 0;
  for (let at = 0; at < boxes.length; at += 4) {
    const [x = 0, y = 0, across = 0, down = 0] = [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]];
    if (x >= width || y >= height || x + across <= 0 || y + down <= 0) count++;
  }
  return count;
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
