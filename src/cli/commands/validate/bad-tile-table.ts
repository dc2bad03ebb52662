import { resolve } from 'node:path';
import type { SlideInput } from '../../../pipeline/slide-inputs.ts';
import type { TileFault } from '../../../preprocessing/validate-slide/validation.ts';
import { createAtomicStream } from '../../../utils/atomic-stream.ts';
import { formatCsvLine } from '../../../utils/csv.ts';

/** Columns of the table: x, y, width and height are level-0 pixels. */
export const BAD_TILE_COLUMNS = [
  'slide',
  'path',
  'level',
  'col',
  'row',
  'x',
  'y',
  'width',
  'height',
  'tag',
  'cause',
] as const;

/** All bad tiles of a validation as CSV, however many: lines go to the disk as they come. */
export interface BadTileTable extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  /** What went wrong with a line. */
  readonly failure: unknown;
  /** @throws OutputError */
  add(slide: SlideInput, tile: TileFault): Promise<void>;
  /** Gives the file its name. @throws OutputError */
  finish(): Promise<void>;
}

/** Disposed before `finish`, it leaves nothing. @throws OutputError */
export async function createBadTileTable(file: string): Promise<BadTileTable> {
  const path = resolve(file);
  const stream = await createAtomicStream(path);
  let failure: unknown;
  const write = async (values: Parameters<typeof formatCsvLine>[0]) => {
    try {
      await stream.write(formatCsvLine(values));
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  await write(BAD_TILE_COLUMNS);
  return {
    path,
    get failure() {
      return failure;
    },
    add: (slide, { level, col, row, x, y, width, height, tag, cause }) =>
      write([slide.id, slide.path, level, col, row, x, y, width, height, tag, cause]),
    async finish() {
      await stream.finish();
    },
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  };
}
