import type { Hono } from 'hono';
import { nameLayerFault } from '../layers/layer-fault.ts';
import type { LayerFile, LayerKind } from '../layers/layer-file.ts';
import { RequestError } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerBytes, answerFresh } from './answer.ts';
import { findSlide, parseCount, quote, splitName, type ViewerContext, type ViewerEnv } from './request.ts';

const BINARY = 'application/octet-stream';
const JSON_TYPE = 'application/json; charset=utf-8';
const MOST = 2 ** 24;

/** What is drawn over slides: `layers.json`, polygons and patches (see contract.ts). */
export function addLayerRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  const { layers } = pictures;
  const find = async (c: ViewerContext, kind: LayerKind, name: string) => {
    const slide = findSlide(c, pictures, c.req.param('id') ?? '');
    return { slide, layer: await layers.find(slide, name, kind) };
  };

  app.get('/slides/:id/layers.json', async (c) =>
    answerFresh(c, await layers.list(findSlide(c, pictures, c.req.param('id')))),
  );
  app.get('/slides/:id/polygons/:file', async (c) => {
    const file = splitName(c.req.param('file'));
    if (file?.extension !== 'bin' && file?.extension !== 'geojson')
      throw new RequestError(400, 'expected polygons as NAME.bin or NAME.geojson');
    const { slide, layer } = await find(c, 'polygons', file.name);
    if (file.extension === 'bin')
      return answerLayer(c, layer, { type: BINARY, make: async () => (await layers.readPolygons(slide, layer)).file });
    return answerLayer(c, layer, {
      type: 'application/geo+json',
      make: () => layers.readGeoJson(slide, layer),
    });
  });
  app.get('/slides/:id/patches/:name/boxes.bin', async (c) => {
    const { slide, layer } = await find(c, 'patches', c.req.param('name'));
    return answerLayer(c, layer, {
      type: BINARY,
      make: async () => toBytes((await layers.readPatches(slide, layer)).boxes),
    });
  });
  app.get('/slides/:id/patches/:name/columns/:file', async (c) => {
    const index = parseIndex(c, 'bin');
    const { slide, layer } = await find(c, 'patches', c.req.param('name'));
    const column = (await nameLayerFault(layer, layers.readPatches(slide, layer))).columns[index];
    if (!column) throw new RequestError(404, `the table has no column ${index} of numbers`);
    return answerLayer(c, layer, { type: BINARY, make: async () => toBytes(column.values) });
  });
  app.get('/slides/:id/patches/:name/rows/:file', async (c) => {
    const index = parseIndex(c, 'json');
    const { slide, layer } = await find(c, 'patches', c.req.param('name'));
    const reading = layers.readPatches(slide, layer).then((patches) => patches.readRows(index));
    const rows = await nameLayerFault(layer, reading);
    if (!rows) throw new RequestError(404, `the table has no rows ${index}`);
    return answerLayer(c, layer, { type: JSON_TYPE, make: async () => Buffer.from(JSON.stringify(rows)) });
  });
}

function answerLayer(
  c: ViewerContext,
  layer: LayerFile,
  { type, make }: { type: string; make: () => Promise<Uint8Array> },
): Promise<Response> {
  // A version of a file, and which part of it: that says all.
  const key = new URL(c.req.url).pathname;
  return answerBytes(c, () => nameLayerFault(layer, make()), { key, type, version: layer.version });
}

function parseIndex(c: ViewerContext, extension: string): number {
  const file = splitName(c.req.param('file') ?? '');
  if (file?.extension === extension) return parseCount('the part', file.name, MOST);
  throw new RequestError(400, `expected NUMBER.${extension} but received ${quote(c.req.param('file') ?? '')}`);
}

/** Little-endian, as every machine is that runs this. */
function toBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
