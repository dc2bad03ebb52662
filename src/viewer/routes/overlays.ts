import type { Hono } from 'hono';
import { formatDeepZoom } from '../../io/format-deep-zoom.ts';
import type { Overlay } from '../overlays/open-overlay.ts';
import { RequestError } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerPicture, answerText } from './answer.ts';
import { parseTile } from './deep-zoom.ts';
import { findSlide, quote, type ViewerContext, type ViewerEnv } from './request.ts';

const DESCRIPTOR = '.dzi';
const FOLDER = '_files';

/** What lies over a slide: `/slides/ID/overlays/NAME` (facts), `NAME.dzi`, `NAME_files/LEVEL/COL_ROW.png`. */
export function addOverlayRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  app.get('/slides/:id/overlays/:file', async (c) => {
    const file = c.req.param('file');
    const described = file.endsWith(DESCRIPTOR);
    const { use } = findOverlay(c, pictures, described ? file.slice(0, -DESCRIPTOR.length) : file);
    if (described) {
      const [text, version] = await use(
        (one) => [formatDeepZoom({ ...one.grid, format: 'png' }), one.version] as const,
      );
      return answerText(c, text, { type: 'application/xml; charset=utf-8', version });
    }
    const view = await pictures.view(findSlide(c, pictures, c.req.param('id')));
    const { version, ...facts } = await use((one) => describeOverlay(one, view.grid));
    return answerText(c, JSON.stringify({ name: file, ...facts, version }), {
      type: 'application/json; charset=utf-8',
      version,
    });
  });
  app.get('/slides/:id/overlays/:folder/:level/:tile', async (c) => {
    const folder = c.req.param('folder');
    if (!folder.endsWith(FOLDER)) throw new RequestError(404, 'there is nothing at this address');
    const { path, use } = findOverlay(c, pictures, folder.slice(0, -FOLDER.length));
    const { at, format } = parseTile(c.req.param('level'), c.req.param('tile'));
    if (format !== 'png') throw new RequestError(400, 'tiles of overlays are PNG, for their alpha');
    const version = await use((one) => one.version);
    return answerPicture(c, pictures.getOverlayTile(path, version, at), { format, version });
  });
}

function findOverlay(c: ViewerContext, pictures: SlidePictures, name: string) {
  const { id } = findSlide(c, pictures, c.req.param('id') ?? '');
  const path = pictures.overlays.find(id, name);
  if (path === undefined) throw new RequestError(404, `no overlay ${quote(name)} lies over this slide`);
  const use = <T>(work: (one: Overlay) => T) => pictures.overlays.open.use(path, path, work);
  return { path, use };
}

/** Where the file does not say how it lies on the slide, it is taken to cover it. */
function describeOverlay(overlay: Overlay, slide: { readonly width: number; readonly height: number }) {
  const { grid, kind, labels, version } = overlay;
  const { width, height, tileSize, levels } = grid;
  const downsample = overlay.downsample ?? { x: slide.width / width, y: slide.height / height };
  return { kind, width, height, downsample, tileSize, levels: levels.length, labels, version };
}
