import type { Hono } from 'hono';
import { IIIF_MAX_AREA, IIIF_MAX_SIDE, type IiifRegion, parseRegion, parseSize, type Size } from '../iiif-request.ts';
import type { Picture } from '../picture.ts';
import { RequestError } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import type { SlideView } from '../slide-view.ts';
import { answerPicture, answerText } from './answer.ts';
import { findSlide, parseFormat, splitName, type ViewerEnv } from './request.ts';

const JSON_LD = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"';
/** Qualities that are the picture as it is. */
const QUALITIES: readonly string[] = ['default', 'color'];
const FEATURES = ['regionByPct', 'sizeByPct', 'sizeByConfinedWh', 'sizeByWh', 'sizeUpscaling'] as const;

/** IIIF Image API 3.0 at `/iiif/3/ID`. */
export function addIiifRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  app.get('/iiif/3/:id', (c) => {
    const { id } = findSlide(c, pictures, c.req.param('id'));
    return c.redirect(`/iiif/3/${encodeURIComponent(id)}/info.json`, 303);
  });
  app.get('/iiif/3/:id/info.json', async (c) => {
    const view = await pictures.view(findSlide(c, pictures, c.req.param('id')));
    const { origin } = new URL(c.req.url);
    const linked = c.req.header('accept')?.includes('application/ld+json');
    return answerText(c, JSON.stringify(describeImage(view, origin)), {
      type: linked ? JSON_LD : 'application/json',
      version: view.version,
    });
  });
  app.get('/iiif/3/:id/:region/:size/:rotation/:file', async (c) => {
    const { region, size, rotation, file } = c.req.param();
    const served = findSlide(c, pictures, c.req.param('id'));
    const name = splitName(file);
    if (rotation !== '0') throw new RequestError(400, 'the only rotation is 0');
    if (!name || !QUALITIES.includes(name.name))
      throw new RequestError(400, `the qualities are ${QUALITIES.join(', ')}`);
    const format = parseFormat(name.extension);
    const view = await pictures.view(served);
    const box = parseRegion(region, view.grid);
    const picture = choosePicture(pictures, view, { box, size: parseSize(size, box), format });
    return answerPicture(c, picture, { format, version: view.version });
  });
}

/** A region that is a tile of the Deep Zoom grid is that tile. */
function choosePicture(
  pictures: SlidePictures,
  view: SlideView,
  { box, size, format }: { box: IiifRegion; size: Size; format: 'jpg' | 'png' },
): Picture {
  const { grid } = view;
  const last = grid.levels.length - 1;
  const shrink = Math.round(Math.log2(box.width / size.width));
  const span = grid.tileSize * 2 ** shrink;
  const at = { level: last - shrink, col: box.x / span, row: box.y / span };
  if (at.level >= 0 && at.level <= last && Number.isInteger(at.col) && Number.isInteger(at.row)) {
    const whole =
      box.width === Math.min(span, grid.width - box.x) && box.height === Math.min(span, grid.height - box.y);
    const sized =
      size.width === Math.ceil(box.width / 2 ** shrink) && size.height === Math.ceil(box.height / 2 ** shrink);
    const tile = whole && sized ? pictures.getTile(view, at, format) : undefined;
    if (tile) return tile;
  }
  const downsample = { x: box.width / size.width, y: box.height / size.height };
  return pictures.getPicture(view, { kind: 'area', x: box.x, y: box.y, ...size, downsample }, format);
}

function describeImage({ served, grid }: SlideView, origin: string) {
  const { width, height, tileSize, levels } = grid;
  return {
    '@context': 'http://iiif.io/api/image/3/context.json',
    id: `${origin}/iiif/3/${encodeURIComponent(served.id)}`,
    type: 'ImageService3',
    protocol: 'http://iiif.io/api/image',
    profile: 'level1',
    ...{ width, height, maxWidth: IIIF_MAX_SIDE, maxHeight: IIIF_MAX_SIDE, maxArea: IIIF_MAX_AREA },
    sizes: levels
      .filter((level) => Math.max(level.width, level.height) <= 2 * tileSize && level.width * level.height > 1)
      .map((level) => ({ width: level.width, height: level.height })),
    tiles: [{ width: tileSize, height: tileSize, scaleFactors: levels.map((_, index) => 2 ** index) }],
    extraFormats: ['png'],
    extraQualities: ['color'],
    extraFeatures: FEATURES,
  };
}
