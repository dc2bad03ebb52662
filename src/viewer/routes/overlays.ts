import type { Hono } from 'hono';
import { formatDeepZoom } from '../../io/format-deep-zoom.ts';
import { findDownsample, type Overlay } from '../overlays/open-overlay.ts';
import { RequestError } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerFresh, answerPicture, answerText } from './answer.ts';
import { findSlide, type ViewerContext, type ViewerEnv } from './request.ts';
import { parseTile, parseTileFolder } from './tile-address.ts';

const DESCRIPTOR = '.dzi';

/** Pictures that lie over a slide: `/slides/ID/overlays/NAME` (facts), `NAME.dzi`, `NAME_files/LEVEL/COL_ROW.png`. */
export function addOverlayRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  app.get('/slides/:id/overlays/:file', async (c) => {
    const file = c.req.param('file');
    const described = file.endsWith(DESCRIPTOR);
    const layer = await findOverlay(c, pictures, described ? file.slice(0, -DESCRIPTOR.length) : file);
    const { version } = layer;
    if (described) {
      const text = await pictures.overlays.use(layer, (one) => formatDeepZoom({ ...one.grid, format: 'png' }));
      return answerText(c, text, { type: 'application/xml; charset=utf-8', version });
    }
    const view = await pictures.view(findSlide(c, pictures, c.req.param('id')));
    const facts = await pictures.overlays.use(layer, (one) => describeOverlay(one, view.grid));
    return answerFresh(c, { name: file, ...facts, version });
  });
  app.get('/slides/:id/overlays/:folder/:level/:tile', async (c) => {
    const name = parseTileFolder(c.req.param('folder'));
    const { at, format } = parseTile(c.req.param('level'), c.req.param('tile'));
    if (format !== 'png') throw new RequestError(400, 'tiles of overlays are PNG, for their alpha');
    const { path, version } = await findOverlay(c, pictures, name);
    return answerPicture(c, pictures.getOverlayTile(path, version, at), { format, version });
  });
}

function findOverlay(c: ViewerContext, pictures: SlidePictures, name: string) {
  return pictures.layers.find(findSlide(c, pictures, c.req.param('id') ?? ''), name, 'picture');
}

function describeOverlay(overlay: Overlay, slide: { readonly width: number; readonly height: number }) {
  const { grid, kind, labels } = overlay;
  const { width, height, tileSize, levels } = grid;
  const downsample = findDownsample(overlay, slide);
  return { kind, width, height, downsample, tileSize, levels: levels.length, labels };
}
