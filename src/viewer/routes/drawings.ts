import type { Hono } from 'hono';
import { isSlideloomError, type OutputError } from '../../utils/errors.ts';
import { getErrorCode } from '../../utils/output-error.ts';
import { DRAWING_EXTENSION, isDrawingName } from '../edit/drawing-address.ts';
import { type DrawingPlace, readDrawing } from '../edit/drawing-file.ts';
import { formatDrawing } from '../edit/format-drawing.ts';
import { DRAWING_LIMITS, parseDrawing } from '../edit/parse-drawing.ts';
import { readBody } from '../edit/read-body.ts';
import { type Expected, saveDrawing } from '../edit/save-drawing.ts';
import { RequestError } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { findSlide, quote, type ViewerContext, type ViewerEnv } from './request.ts';

const TYPE = 'application/geo+json';
/** Drawings that are received at once: each may fill some megabytes. */
const MAX_WRITERS = 4;

/** What is drawn on a slide: `/slides/ID/annotations/NAME.geojson`, read and written whole. Only for servers that let write. */
export function addDrawingRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  const address = '/slides/:id/annotations/:file';
  app.get(address, async (c) => {
    const found = await readDrawing(findPlace(c, pictures));
    if (!found) throw new RequestError(404, 'nothing was drawn under this name');
    const head = { ETag: found.etag, 'Cache-Control': 'private, no-cache', 'Content-Type': TYPE };
    if (c.req.header('if-none-match') === found.etag) return c.body(null, 304, head);
    return c.body(found.bytes as Uint8Array<ArrayBuffer>, 200, head);
  });
  let writers = 0;
  app.put(address, async (c) => {
    if (writers >= MAX_WRITERS) throw new RequestError(503, 'others are just saving');
    writers++;
    try {
      return await answerSave(c, pictures);
    } finally {
      writers--;
    }
  });
}

async function answerSave(c: ViewerContext, pictures: SlidePictures): Promise<Response> {
  const place = findPlace(c, pictures);
  const expected = parseExpected(c);
  const polygons = await parseDrawing(await readBody(c, DRAWING_LIMITS.bytes));
  const saved = await saveDrawing(place, formatDrawing(polygons), expected).catch((error: unknown) => {
    throw toRequestError(error);
  });
  const { etag, created, earlier } = saved;
  const body = JSON.stringify({ name: place.name, polygons: polygons.length, earlier });
  return c.body(body, created ? 201 : 200, {
    ETag: etag,
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json; charset=utf-8',
  });
}

/** @throws RequestError 400, 404 */
function findPlace(c: ViewerContext, pictures: SlidePictures): DrawingPlace {
  const { homes } = findSlide(c, pictures, c.req.param('id') ?? '');
  const file = c.req.param('file') ?? '';
  const name = file.slice(0, -DRAWING_EXTENSION.length);
  if (!file.endsWith(DRAWING_EXTENSION) || !isDrawingName(name))
    throw new RequestError(400, `expected a name of small letters, digits, "-" and "_" but received ${quote(file)}`);
  const [home] = homes;
  if (!home) throw new RequestError(404, 'the slide is of no run: there is no folder for its drawings');
  return { run: home.run.path, slide: home.id, name };
}

/** @throws RequestError 428 where the client does not say what it believes to replace; 400 */
function parseExpected(c: ViewerContext): Expected {
  const etag = c.req.header('if-match');
  const none = c.req.header('if-none-match');
  if (etag === undefined && none === undefined)
    throw new RequestError(428, '`If-Match` with the ETag of what is replaced, or `If-None-Match: *`');
  if (etag !== undefined && none === undefined && /^"[0-9a-f]{32}"$/.test(etag)) return { etag };
  if (etag === undefined && none === '*') return 'nothing';
  throw new RequestError(400, 'expected one ETag in `If-Match`, or `If-None-Match: *`');
}

/** Without the path, which is not for clients. */
function toRequestError(error: unknown): unknown {
  if (isSlideloomError(error, 'output-in-use')) return new RequestError(503, 'another program is saving into this run');
  if (!isSlideloomError(error, 'output')) return error;
  const { path, message, cause } = error as OutputError;
  const full = ['ENOSPC', 'EDQUOT'].includes(getErrorCode(cause) ?? '');
  return new RequestError(full ? 507 : 500, `not saved, what was there stands: ${message.replace(`${path}: `, '')}`);
}
