import type { Hono } from 'hono';
import { formatDeepZoom } from '../../io/format-deep-zoom.ts';
import { refuseTile } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerPicture, answerText } from './answer.ts';
import { findSlide, type ViewerContext, type ViewerEnv } from './request.ts';
import { parseTile, parseTileFolder } from './tile-address.ts';

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
  const served = findSlide(c, pictures, parseTileFolder(c.req.param('folder') ?? ''));
  const { at, format } = parseTile(c.req.param('level') ?? '', c.req.param('tile') ?? '');
  const view = await pictures.view(served);
  const picture = pictures.getTile(view, at, format);
  if (!picture) throw refuseTile(at);
  return answerPicture(c, picture, { format, version: view.version });
}
