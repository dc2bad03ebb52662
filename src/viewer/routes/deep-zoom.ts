import type { Hono } from 'hono';
import { formatDeepZoom } from '../../io/format-deep-zoom.ts';
import type { TileAt } from '../picture.ts';
import { RequestError } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerPicture, answerText } from './answer.ts';
import { findSlide, parseCount, parseFormat, splitName, type ViewerContext, type ViewerEnv } from './request.ts';

const FOLDER = '_files';
const MOST = 2 ** 31;

/** Deep Zoom: `/slides/ID.dzi`, `/slides/ID_files/LEVEL/COL_ROW.jpg` (or `.png`). */
export function addDeepZoomRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  app.get('/slides/:folder/:level/:tile', async (c) => answerTile(c, pictures));
}

/** The descriptor of `ID.dzi`. */
export async function answerDescriptor(c: ViewerContext, pictures: SlidePictures, id: string): Promise<Response> {
  const view = await pictures.view(findSlide(c, pictures, id));
  return answerText(c, formatDeepZoom({ ...view.grid, format: 'jpg' }), {
    type: 'application/xml; charset=utf-8',
    version: view.version,
  });
}

async function answerTile(c: ViewerContext, pictures: SlidePictures): Promise<Response> {
  const folder = c.req.param('folder') ?? '';
  if (!folder.endsWith(FOLDER)) throw new RequestError(404, 'there is nothing at this address');
  const served = findSlide(c, pictures, folder.slice(0, -FOLDER.length));
  const { at, format } = parseTile(c.req.param('level') ?? '', c.req.param('tile') ?? '');
  const view = await pictures.view(served);
  const picture = pictures.getTile(view, at, format);
  if (!picture) throw new RequestError(404, `level ${at.level} has no tile at column ${at.col}, row ${at.row}`);
  return answerPicture(c, picture, { format, version: view.version });
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
