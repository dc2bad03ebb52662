import { DatasetError, MissingMppError } from '../../../utils/errors.ts';
import { parseNumber } from '../../kernels/scan-csv.ts';
import type { PatchColumns } from './patch-columns.ts';
import type { TableRecord } from './read-records.ts';

/** What is asked of the slide that patches lie on. */
export interface PatchedSlide {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  readonly levels: readonly { readonly downsample: { readonly x: number; readonly y: number } }[];
}

/** The corner and the sides of a row's patch: NaN for sides that it does not say. Undefined without a corner. */
export function createLocator(columns: PatchColumns, slide: PatchedSlide) {
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

/** Whether a row is of the slide. @throws DatasetError for one that has not a field for each column */
export function createFilter(
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

/** NaN where there is no such column, and where it says no number. */
export function readNumber({ bytes, fields: { bounds } }: TableRecord, column: number | undefined): number {
  return column === undefined ? Number.NaN : parseNumber(bytes, bounds[2 * column] ?? 0, bounds[2 * column + 1] ?? 0);
}
