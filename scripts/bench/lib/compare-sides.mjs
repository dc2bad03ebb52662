import { alternate } from './alternate.mjs';
import { compareRows } from './rows.mjs';

/**
 * One comparison of a bench: what `inspect` says of the results (rows), then speed and memory of the sides.
 * @param prefix of the figures
 * @param settings `sides`: see `alternate`; `inspect(folders)`: looks at the outputs of the round that does not count;
 * `unit` and `targets`: see `compareRows`; a quick run is too short to judge a speed, so `targets` then have no say
 * @returns rows, and the result lines of each side
 */
export async function compareSides(ctx, prefix, { sides, inspect = () => [], unit, targets }) {
  ctx.log(`${prefix}:`);
  const rows = [];
  const results = await alternate(sides, {
    ...ctx,
    cwd: ctx.root,
    inspect: async (folders) => {
      rows.push(...(await inspect(folders)));
    },
  });
  for (const runs of Object.values(results)) Object.assign(ctx.versions, runs[0].versions);
  rows.push(...compareRows(prefix, results, { unit, targets: ctx.quick ? {} : targets }));
  return { rows, results };
}
