import type { Hono } from 'hono';
import { StainError } from '../../utils/errors.ts';
import type { ViewFacts, ViewState } from '../contract.ts';
import type { Picture, TileAt } from '../picture.ts';
import { RequestError, refuseTile } from '../problem.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import type { SlideView } from '../slide-view.ts';
import { chooseChannel } from '../views/list-views.ts';
import { answerPicture, answerText } from './answer.ts';
import { findSlide, getAsker, quote, type ViewerContext, type ViewerEnv } from './request.ts';
import { parseTile } from './tile-address.ts';

const FOLDER = '_files';
const STATE = '.json';

/** A slide in other colours: `/slides/ID/views/NAME.json`, and its tiles at `NAME_files/LEVEL/COL_ROW.jpg`. */
export function addViewRoutes(app: Hono<ViewerEnv>, pictures: SlidePictures): void {
  app.get('/slides/:id/views/:file', async (c) => {
    const { view, facts } = await findView(c, pictures, { name: c.req.param('file'), ending: STATE });
    const state: ViewState = { ...facts, problem: await findProblem(c, pictures, { view, facts }) };
    return answerText(c, JSON.stringify(state), {
      type: 'application/json; charset=utf-8',
      version: facts.version,
    });
  });
  app.get('/slides/:id/views/:folder/:level/:tile', async (c) => {
    const { view, facts } = await findView(c, pictures, { name: c.req.param('folder'), ending: FOLDER });
    const { at, format } = parseTile(c.req.param('level'), c.req.param('tile'));
    const picture = await findTile(pictures, { view, facts, at, format });
    if (!picture) throw refuseTile(at);
    return answerPicture(c, picture, { format, version: facts.version });
  });
}

/** @throws RequestError 404 */
async function findView(
  c: ViewerContext,
  pictures: SlidePictures,
  { name: file, ending }: { name: string; ending: string },
): Promise<{ view: SlideView; facts: ViewFacts }> {
  const view = await pictures.view(findSlide(c, pictures, c.req.param('id') ?? ''));
  const name = file.endsWith(ending) ? file.slice(0, -ending.length) : '';
  const facts = view.facts.views.find((one) => one.name === name);
  if (facts) return { view, facts };
  throw new RequestError(404, `this slide has no view ${quote(name)}`);
}

/** Tiles of the slide's own grid. */
async function findTile(
  pictures: SlidePictures,
  { view, facts, at, format }: { view: SlideView; facts: ViewFacts; at: TileAt; format: 'jpg' | 'png' },
): Promise<Picture | undefined> {
  if (facts.kind === 'stain') return pictures.getTile(view, at, format, pictures.stains?.createRecolor(view));
  return pictures.getTile(await pictures.view(chooseChannel(view.served, facts)), at, format);
}

async function findProblem(
  c: ViewerContext,
  pictures: SlidePictures,
  { view, facts }: { view: SlideView; facts: ViewFacts },
): Promise<string | null> {
  if (facts.kind !== 'stain') return null;
  try {
    await pictures.stains?.findColors(view, getAsker(c));
    return null;
  } catch (error) {
    if (error instanceof StainError) return `its stains can't be told: ${error.reason.replaceAll('-', ' ')}`;
    throw error;
  }
}
