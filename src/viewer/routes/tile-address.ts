import type { TileAt } from '../picture.ts';
import { RequestError } from '../problem.ts';
import { parseCount, parseFormat, splitName } from './request.ts';

const FOLDER = '_files';
const MOST = 2 ** 31;

/** What the folder of a Deep Zoom picture is of: `NAME` of `NAME_files`. @throws RequestError 404 */
export function parseTileFolder(folder: string): string {
  if (folder.endsWith(FOLDER)) return folder.slice(0, -FOLDER.length);
  throw new RequestError(404, 'there is nothing at this address');
}

/** `COL_ROW.jpg` of a level. @throws RequestError 400 */
export function parseTile(level: string, tile: string): { at: TileAt; format: 'jpg' | 'png' } {
  const file = splitName(tile);
  const [col = '', row = '', ...more] = file?.name.split('_') ?? [];
  if (!file || more.length > 0) throw new RequestError(400, 'expected a tile as COLUMN_ROW.jpg or .png');
  const format = parseFormat(file.extension);
  const at = {
    level: parseCount('level', level, MOST),
    col: parseCount('column', col, MOST),
    row: parseCount('row', row, MOST),
  };
  return { at, format };
}
