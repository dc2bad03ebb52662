/** The worker thread of validation: reads and decodes stored tiles, and keeps nothing of them. */
import { serveJobs } from '../../utils/worker-side.ts';
import { openTileChecker, type TileChecker } from './tile-checker.ts';
import type { TileJob } from './tile-job.ts';

// Kept for the jobs of one level, which come together.
let current: { readonly key: string; readonly checker: TileChecker } | undefined;

serveJobs(async ({ key, layout, tiles }: TileJob) => {
  if (current?.key !== key) {
    current?.checker[Symbol.dispose]();
    current = undefined;
    current = { key, checker: openTileChecker(layout) };
  }
  return current.checker.check(tiles);
});
