import { dirname } from 'node:path';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isSlideloomError } from '../utils/errors.ts';
import { createPathHider, type HidePaths } from './hide-paths.ts';
import { createMarking } from './marking.ts';
import { createProblem, RequestError } from './problem.ts';
import { addCohortRoutes } from './routes/cohort.ts';
import { addDeepZoomRoutes } from './routes/deep-zoom.ts';
import { addDrawingRoutes } from './routes/drawings.ts';
import { addIiifRoutes } from './routes/iiif.ts';
import { addLayerRoutes } from './routes/layers.ts';
import { addOverlayRoutes } from './routes/overlays.ts';
import { addPageRoutes } from './routes/page.ts';
import type { ViewerContext, ViewerEnv } from './routes/request.ts';
import { addSlideRoutes } from './routes/slides.ts';
import { addViewRoutes } from './routes/views.ts';
import { createGuard, type SecurityOptions } from './security.ts';
import type { SlidePictures } from './slide-pictures.ts';

/** Answers requests for `pictures`; it holds nothing of its own. */
export function createViewerApp(pictures: SlidePictures, security: SecurityOptions): Hono<ViewerEnv> {
  const app = new Hono<ViewerEnv>();
  app.use(createGuard(security));
  addPageRoutes(app, { title: 'slideloom', editable: security.edit === true });
  addCohortRoutes(app, pictures);
  addLayerRoutes(app, pictures);
  addSlideRoutes(app, pictures);
  addOverlayRoutes(app, pictures);
  addViewRoutes(app, pictures);
  if (security.edit) addDrawingRoutes(app, pictures);
  addDeepZoomRoutes(app, pictures);
  addIiifRoutes(app, pictures);
  const hide = createPathHider([], listFolders(pictures));
  app.notFound((c) => answerProblem(c, new RequestError(404, 'there is nothing at this address'), hide));
  app.onError((error, c) => answerProblem(c, error, hide));
  return app;
}

/** Folders, which may hold blanks and are no paths at sight then. */
function listFolders({ collection: { slides, runs } }: SlidePictures): string[] {
  const folders = [...slides.values()].flatMap(({ path, address }) => [dirname(path), dirname(address)]);
  return [...folders, ...runs.flatMap(({ path, input }) => [path, input])];
}

/**
 * What went wrong, as JSON; to an `<img>` of a browser a picture that says so at sight, with the same status: a bad tile never
 * looks like glass.
 */
async function answerProblem(c: ViewerContext, error: unknown, hide: HidePaths): Promise<Response> {
  const served = c.get('served');
  const slide = served && { id: served.id, names: [served.address, served.path] };
  const problem = createProblem(error, { slide, hide });
  const { status } = problem;
  const headers = { 'Cache-Control': 'no-store', ...(status === 503 && { 'Retry-After': '1' }) };
  const unread = isSlideloomError(error) && status >= 500;
  if (unread && c.req.header('accept')?.startsWith('image/')) {
    const picture = (await createMarking()) as Uint8Array<ArrayBuffer>;
    return c.body(picture, status as ContentfulStatusCode, { ...headers, 'Content-Type': 'image/png' });
  }
  return c.body(JSON.stringify(problem), status as ContentfulStatusCode, {
    ...headers,
    'Content-Type': 'application/problem+json',
  });
}
