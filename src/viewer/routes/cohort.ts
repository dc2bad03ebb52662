import type { Hono } from 'hono';
import type { CohortFacts } from '../contract.ts';
import { listCohort } from '../list-cohort.ts';
import type { SlidePictures } from '../slide-pictures.ts';
import { answerFresh } from './answer.ts';
import type { ViewerEnv } from './request.ts';

/** `cohort.json`: the slides, and what runs say of each. */
export function addCohortRoutes(app: Hono<ViewerEnv>, { collection }: SlidePictures): void {
  /** Tables may be long: they are read once for all who ask meanwhile. */
  let reading: Promise<CohortFacts> | undefined;
  app.get('/cohort.json', async (c) => {
    reading ??= listCohort(collection).finally(() => {
      reading = undefined;
    });
    return answerFresh(c, await reading);
  });
}
