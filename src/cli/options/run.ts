import { checkInteger } from '../../utils/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags } from './convert.ts';

const group = 'Run:';

/** Where a run writes and with how many hands. */
export const RUN_OPTIONS = {
  out: { type: 'string', describe: 'folder for the outputs; made when missing', required: true, group, alias: 'o' },
  workers: { type: 'number', describe: 'worker threads', default: 'one a core', group },
  dryRun: { type: 'boolean', describe: 'only estimate patches, bytes and minutes; writes nothing', group },
} as const satisfies OptionTable;

/** @throws UsageError */
export function toRunOptions(args: ParsedOptions<typeof RUN_OPTIONS>) {
  const { out, workers, dryRun = false } = args;
  if (workers !== undefined) checkWithFlags({}, () => checkInteger('workers', workers, { min: 1 }));
  return { out, workers, dryRun };
}
