import { BenchError } from './alternate.mjs';
import { checkBuilt } from './peers.mjs';

/**
 * The options and the `run` of a bench that has cases; `--case` chooses some of them.
 * @param cases `{name: async (ctx) => rows}`
 */
export function createCases(cases, options) {
  const names = Object.keys(cases);
  const choice = { type: 'string', describe: `NAME[,NAME]: only these of ${names.join(', ')}` };
  return {
    options: { case: choice, ...options },
    async run(ctx) {
      const chosen = ctx.options.case?.split(',') ?? names;
      const unknown = chosen.filter((name) => !names.includes(name));
      if (unknown.length > 0) throw new BenchError(`no case ${unknown.join(', ')}: there are ${names.join(', ')}`);
      checkBuilt(ctx.root);
      const rows = [];
      for (const name of chosen) rows.push(...(await cases[name](ctx)));
      return rows;
    },
  };
}
