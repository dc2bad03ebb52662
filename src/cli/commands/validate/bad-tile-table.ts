import { open, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { SlideInput } from '../../../pipeline/slide-inputs.ts';
import type { TileFault } from '../../../preprocessing/validate-slide/validation.ts';
import { getTemporaryFolder } from '../../../utils/atomic-file.ts';
import { createAtomicStream } from '../../../utils/atomic-stream.ts';
import { formatCsvLine } from '../../../utils/csv.ts';
import { OutputError } from '../../../utils/errors.ts';
import { getErrorCode, toOutputError } from '../../../utils/output-error.ts';

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

/**
 * Disposed before `finish`, it leaves nothing. It takes the place of an earlier table of bad tiles, or of an empty file.
 * @throws OutputError where another file is there, which may be a slide
 */
export async function createBadTileTable(file: string): Promise<BadTileTable> {
  const path = resolve(file);
  await checkReplaced(path);
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
    async [Symbol.asyncDispose]() {
      await stream[Symbol.asyncDispose]();
      // The user's folder is left as it was, save for the table; a folder that others use stays.
      await rmdir(getTemporaryFolder(dirname(path))).catch(() => {});
    },
  };
}

/** `validate a.svs --out b.svs` must not cost a slide. */
async function checkReplaced(path: string): Promise<void> {
  const head = formatCsvLine(BAD_TILE_COLUMNS);
  try {
    const stats = await stat(path);
    // A folder is refused by the rename.
    if (stats.isDirectory()) return;
    if (stats.isFile() && (stats.size === 0 || (await readHead(path, head.length)) === head)) return;
  } catch (cause) {
    if (getErrorCode(cause) === 'ENOENT') return;
    throw toOutputError(path, cause);
  }
  throw new OutputError(path, 'is there already, and is no table of bad tiles', {
    hint: 'give another --out, or move that file away',
  });
}

async function readHead(path: string, length: number): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
