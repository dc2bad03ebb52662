import type { Hono } from 'hono';
import { choosePicture, describeImage, type IiifImage } from '../iiif-image.ts';
import { parseRegion, parseSize } from '../iiif-request.ts';
import { RequestError } from '../problem.ts';
import type { PictureFormat } from '../render/picture-job.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerPicture, answerText } from './answer.ts';
import { findSlide, parseFormat, splitName, type ViewerContext, type ViewerEnv } from './request.ts';

const PREFIX = '/iiif/3';
const JSON_LD = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"';
/** Qualities that are the picture as it is. */
const QUALITIES: readonly string[] = ['default', 'color'];

/** IIIF Image API 3.0: slides at `/iiif/3/ID`, pictures that lie over them at `/iiif/3/ID/overlays/NAME`. */
export function addIiifRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  addImageRoutes(app, `${PREFIX}/:id`, (c) => openSlideImage(c, pictures));
  addImageRoutes(app, `${PREFIX}/:id/overlays/:name`, (c) => openOverlayImage(c, pictures));
}

function addImageRoutes(app: Hono<ViewerEnv>, address: string, open: (c: ViewerContext) => Promise<IiifImage>): void {
  app.get(address, async (c) => c.redirect(`${(await open(c)).path}/info.json`, 303));
  app.get(`${address}/info.json`, async (c) => {
    const image = await open(c);
    const { origin } = new URL(c.req.url);
    const linked = c.req.header('accept')?.includes('application/ld+json');
    return answerText(c, JSON.stringify(describeImage(image, origin)), {
      type: linked ? JSON_LD : 'application/json',
      version: image.version,
    });
  });
  app.get(`${address}/:region/:size/:rotation/:file`, async (c: ViewerContext) => {
    const read = (name: string) => c.req.param(name) ?? '';
    const format = parseForm(read('rotation'), read('file'));
    const image = await open(c);
    const region = parseRegion(read('region'), image.grid);
    const picture = choosePicture(image, { region, size: parseSize(read('size'), region), format });
    return answerPicture(c, picture, { format, version: image.version });
  });
}

/** @throws RequestError 400 */
function parseForm(rotation: string, file: string): PictureFormat['format'] {
  const name = splitName(file);
  if (rotation !== '0') throw new RequestError(400, 'the only rotation is 0');
  if (!name || !QUALITIES.includes(name.name)) throw new RequestError(400, `the qualities are ${QUALITIES.join(', ')}`);
  return parseFormat(name.extension);
}

async function openSlideImage(c: ViewerContext, pictures: SlidePictures): Promise<IiifImage> {
  const slide = findSlide(c, pictures, c.req.param('id') ?? '');
  const view = await pictures.view(slide);
  return {
    ...{ path: `${PREFIX}/${encodeURIComponent(slide.id)}`, version: view.version, grid: view.grid },
    getTile: (at, format) => pictures.getTile(view, at, format),
    getRegion({ region, size, format }) {
      const downsample = { x: region.width / size.width, y: region.height / size.height };
      return pictures.getPicture(view, { kind: 'area', x: region.x, y: region.y, ...size, downsample }, format);
    },
  };
}

async function openOverlayImage(c: ViewerContext, pictures: SlidePictures): Promise<IiifImage> {
  const slide = findSlide(c, pictures, c.req.param('id') ?? '');
  const layer = await pictures.layers.find(slide, c.req.param('name') ?? '', 'picture');
  const { name, path, version } = layer;
  return {
    ...{ path: `${PREFIX}/${encodeURIComponent(slide.id)}/overlays/${encodeURIComponent(name)}`, version },
    grid: await pictures.overlays.use(layer, (overlay) => overlay.grid),
    preferredFormats: ['png'],
    getTile: (at, format) => (format === 'png' ? pictures.getOverlayTile(path, version, at) : undefined),
    getRegion: (part) => pictures.getOverlayPart(path, version, part),
  };
}
