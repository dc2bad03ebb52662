import { RUN_DEFAULTS, WORKER_MEMORY_RANGE } from '../../preprocessing/extract-patches/run-options.ts';
import { formatBytes, parseBytes } from '../../utils/memory-budget.ts';
import { checkInteger } from '../../utils/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags } from './convert.ts';

const group = 'Run:';

/** Where a run writes and with how many hands. */
export const RUN_OPTIONS = {
  out: { type: 'string', describe: 'folder for the outputs; made when missing', required: true, group, alias: 'o' },
  workers: { type: 'number', describe: 'worker threads', default: 'one a core', group },
  workerMemory: {
    type: 'string',
    describe: 'most memory of a worker for decoded tiles, a patch and its file, such as 128MiB',
    default: formatBytes(RUN_DEFAULTS.workerMemory),
    group,
  },
  dryRun: { type: 'boolean', describe: 'only estimate patches, bytes and minutes; writes nothing', group },
} as const satisfies OptionTable;

/** @throws UsageError */
export function toRunOptions(args: ParsedOptions<typeof RUN_OPTIONS>) {
  const { out, workers, dryRun = false } = args;
  const workerMemory = args.workerMemory && checkWithFlags({}, () => parseWorkerMemory(args.workerMemory ?? ''));
  if (workers !== undefined) checkWithFlags({}, () => checkInteger('workers', workers, { min: 1 }));
  return { out, workers, workerMemory: workerMemory || undefined, dryRun };
}

function parseWorkerMemory(text: string): number {
  return checkInteger('workerMemory', parseBytes('workerMemory', text), WORKER_MEMORY_RANGE);
}
