import type { Hono } from 'hono';
import { RequestError } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerFresh, answerPicture } from './answer.ts';
import { answerDescriptor } from './deep-zoom.ts';
import { findSlide, parseCount, parseFormat, quote, splitName, type ViewerContext, type ViewerEnv } from './request.ts';

const DEFAULT_SIZE = 512;
const MAX_SIZE = 2048;
const DESCRIPTOR = '.dzi';

/** The list of slides, what is known of each, their thumbnails and associated images. */
export function addSlideRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  const { slides } = pictures.collection;
  const answerFacts = async (c: ViewerContext, id: string) =>
    answerFresh(c, (await pictures.view(findSlide(c, pictures, id))).facts);
  app.get('/slides', (c) => {
    const list = [...slides.values()].map(({ id }) => ({ id, facts: `/slides/${encodeURIComponent(id)}` }));
    return answerFresh(c, { slides: list });
  });
  app.get('/slides/:id', async (c) => {
    const id = c.req.param('id');
    if (!slides.has(id) && id.endsWith(DESCRIPTOR))
      return answerDescriptor(c, pictures, id.slice(0, -DESCRIPTOR.length));
    return answerFacts(c, id);
  });
  app.get('/slides/:id/facts.json', (c) => answerFacts(c, c.req.param('id')));
  app.get('/slides/:id/:file', async (c) => {
    const served = findSlide(c, pictures, c.req.param('id'));
    const file = splitName(c.req.param('file'));
    if (file?.name !== 'thumbnail') throw new RequestError(404, 'there is nothing at this address');
    const format = parseFormat(file.extension);
    const maxSize = parseSize(c.req.query('size'));
    const view = await pictures.view(served);
    const { width, height } = view.grid;
    const scale = Math.max(1, Math.max(width, height) / maxSize);
    const size = { width: Math.max(1, Math.round(width / scale)), height: Math.max(1, Math.round(height / scale)) };
    const downsample = { x: width / size.width, y: height / size.height };
    const picture = pictures.getPicture(view, { kind: 'area', x: 0, y: 0, ...size, downsample }, format);
    return answerPicture(c, picture, { format, version: view.version });
  });
  app.get('/slides/:id/associated/:file', async (c) => {
    const served = findSlide(c, pictures, c.req.param('id'));
    const file = splitName(c.req.param('file'));
    if (!file) throw new RequestError(400, 'expected an associated image as NAME.jpg or .png');
    const format = parseFormat(file.extension);
    const maxSize = parseSize(c.req.query('size'));
    const view = await pictures.view(served);
    if (!view.associated.includes(file.name))
      throw new RequestError(404, `no associated image ${quote(file.name)} is served`);
    const picture = pictures.getPicture(view, { kind: 'associated', name: file.name, maxSize }, format);
    return answerPicture(c, picture, { format, version: view.version });
  });
}

function parseSize(text: string | undefined): number {
  const size = text === undefined ? DEFAULT_SIZE : parseCount('size', text, MAX_SIZE);
  if (size > 0) return size;
  throw new RequestError(400, 'expected a `size` above 0');
}
