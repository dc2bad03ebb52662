import type { Hono } from 'hono';
import { listCohort } from '../list-cohort.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerFresh } from './answer.ts';
import type { ViewerEnv } from './request.ts';

/** `cohort.json`: the slides, and what runs say of each. */
export function addCohortRoutes(app: Hono<ViewerEnv>, { collection }: SlidePictures): void {
  app.get('/cohort.json', async (c) => answerFresh(c, await listCohort(collection)));
}
